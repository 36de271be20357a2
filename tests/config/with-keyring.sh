#!/bin/sh
# Runs PROGRAM on a session bus of its own, with a home of its own, so that nobody's real keyring is ever touched.
#
# usage: with-keyring.sh none|empty|unlocked PROGRAM [ARGUMENT…]
#   none      nobody offers the Secret Service
#   empty     gnome-keyring runs, and nothing was ever stored
#   unlocked  gnome-keyring runs with an unlocked keyring
# Exits with 77 where the programs for that are missing.
set -eu
mode=$1
shift
command -v dbus-run-session >/dev/null || exit 77
[ "$mode" = none ] || command -v gnome-keyring-daemon >/dev/null || exit 77

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
# No <servicedir>: nothing may be started by being asked for.
cat >"$home/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=$home/run</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
END

unset DISPLAY WAYLAND_DISPLAY XDG_CURRENT_DESKTOP DESKTOP_SESSION KDE_FULL_SESSION KDE_SESSION_VERSION
unset GNOME_KEYRING_CONTROL SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME
HOME=$home XDG_RUNTIME_DIR=$home/run RESTREAM_TEST_KEYRING=$mode
export HOME XDG_RUNTIME_DIR RESTREAM_TEST_KEYRING

dbus-run-session --config-file="$home/bus.conf" -- sh -c '
    daemon=
    case $RESTREAM_TEST_KEYRING in
    empty) gnome-keyring-daemon --foreground --components=secrets </dev/null >/dev/null 2>&1 & daemon=$! ;;
    unlocked) printf password | { exec gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1; } & daemon=$! ;;
    esac
    status=0
    "$@" || status=$?
    [ -z "$daemon" ] || { kill -CONT "$daemon"; kill "$daemon"; wait "$daemon"; } 2>/dev/null || :
    exit $status
' sh "$@"
