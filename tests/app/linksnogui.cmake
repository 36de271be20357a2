# Fails where PROGRAM loads a library that draws.
execute_process(COMMAND ldd ${PROGRAM} OUTPUT_VARIABLE libraries RESULT_VARIABLE failed)
if(failed OR NOT libraries MATCHES "libQt6Core")
    message(FATAL_ERROR "ldd ${PROGRAM} says nothing of use:\n${libraries}")
endif()
if(libraries MATCHES "lib(Qt6Gui|Qt6Widgets|Qt6OpenGL|X11|xcb|wayland-client|GL|EGL|GLX|gtk-3)[.-][^\n]*")
    message(FATAL_ERROR "${PROGRAM} loads ${CMAKE_MATCH_0}")
endif()
