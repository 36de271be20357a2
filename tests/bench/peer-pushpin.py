"""Publishes to a Pushpin: every MS milliseconds a message of BYTES bytes to its channel "test".

usage: peer-pushpin.py CONTROL_PORT MS BYTES
"""

import http.client
import json
import sys
import time

port, ms, size = map(int, sys.argv[1:])
pushpin = http.client.HTTPConnection("127.0.0.1", port)
due = time.monotonic()
while True:
    head = f'{{"t":{time.clock_gettime_ns(time.CLOCK_MONOTONIC)},"pad":"'
    message = head + "x" * max(0, size - len(head) - 2) + '"}'
    item = {"channel": "test", "formats": {"ws-message": {"content": message}}}
    pushpin.request("POST", "/publish/", json.dumps({"items": [item]}), {"Content-Type": "application/json"})
    pushpin.getresponse().read()
    due += ms / 1000
    time.sleep(max(0, due - time.monotonic()))
