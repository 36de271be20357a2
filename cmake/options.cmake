# What every target of the project is compiled with: warnings, definitions, sanitizers.
add_library(restream_options INTERFACE)
target_compile_options(restream_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Woverloaded-virtual -Wnon-virtual-dtor -Wcast-qual -Wcast-align -Wformat=2
    -Wnull-dereference -Wextra-semi -Wundef
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wduplicated-branches;-Wlogical-op;-Wsuggest-override>
    $<$<BOOL:${RESTREAM_WERROR}>:-Werror>)
target_compile_definitions(restream_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_URL_CAST_FROM_STRING QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH
    QT_STRICT_ITERATORS QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_BEFORE=0x060400
    RESTREAM_LINUX=$<BOOL:${RESTREAM_LINUX}> RESTREAM_VERSION="${PROJECT_VERSION}")
target_include_directories(restream_options INTERFACE ${PROJECT_SOURCE_DIR})
if(RESTREAM_SANITIZE)
    target_compile_options(restream_options INTERFACE
        -fsanitize=${RESTREAM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(restream_options INTERFACE -fsanitize=${RESTREAM_SANITIZE})
endif()
