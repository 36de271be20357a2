"""A page in a real browser subscribes."""
import json
import shutil
import tempfile
import unittest

import exactjson
from harness import Process, TestCase, clean_environment, scaled
from upstream import Answer
from wsclient import StreamClient

ITEMS = b'[{"id":1,"v":1.10,"s":"\\ud83d\\ude00 a\\/b"},{"id":2,"__proto__":{"x":1}}]'
PAGE = '''<!doctype html><meta charset="utf-8"><script>
const say = (what) => fetch('/said', { method: 'POST', body: JSON.stringify(what) });
const open = (path, messages) => {
    const ws = new WebSocket('ws://127.0.0.1:PORT' + path);
    ws.onopen = () => messages.forEach((m) => ws.send(JSON.stringify(m)));
    ws.onmessage = (m) => say([path, m.data]);
    ws.onclose = (e) => say([path, 'closed ' + e.code]);
};
open('/v1/stream', [{ action: 'subscribe', channel: 'well', updates: 'patch' }]);
open('/channels', [{ action: 'subscribe', channel: 'well' }]);
fetch('http://127.0.0.1:PORT/v1/channels/well/items').then((r) => r.text()).then((t) => say(['items', t]), (e) => say(['items', String(e)]));
</script>'''
BROWSER = shutil.which('chromium') or shutil.which('chromium-browser')


@unittest.skipUnless(BROWSER, 'no chromium here')
class Browser(TestCase):
    def said(self, about, matches, timeout=60):
        """The first text about this that matches, out of what the page posted."""
        def found():
            texts = [json.loads(r.body) for r in self.upstream.requests('/said')]
            return next((text for subject, text in texts if subject == about and matches(text)), None)
        self.assertTrue(self.upstream.wait(found, scaled(timeout)),
                        '%s: %s' % (about, [r.body for r in self.upstream.requests('/said')]))
        return found()

    def browse(self, url):
        profile = tempfile.TemporaryDirectory(prefix='restream-test-', ignore_cleanup_errors=True)
        self.addCleanup(profile.cleanup)
        browser = Process([BROWSER, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
                           '--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0',
                           '--user-data-dir=' + profile.name, url], clean_environment(profile.name))
        self.addCleanup(browser.kill)

    def test_page_subscribesAndFolds(self):
        server = self.server()
        route = self.define(server, 'well', ITEMS)
        server.start()
        watcher = self.open(StreamClient, server)
        watcher.subscribe('well')
        watcher.wait_seq('well', 1)
        self.upstream.route('/page').set(Answer(PAGE.replace('PORT', str(server.port)), type='text/html'))
        self.upstream.route('/said').set(Answer(b'{}'))
        self.browse(self.upstream.url + '/page')

        self.said('/v1/stream', lambda text: '"ready"' in text)
        snapshot = self.said('/v1/stream', lambda text: '"snapshot"' in text)
        self.assertEqual([dict(exactjson.members(entry))['item'] for entry in exactjson.elements(dict(exactjson.members(snapshot))['items'])],
                         exactjson.elements(ITEMS.decode()))
        self.said('/channels', lambda text: text.startswith('{"id":1,"v":1.10,"s":"\\ud83d\\ude00 a\\/b","__restream_type":"new_item"'))
        self.assertIn('"items"', self.said('items', lambda text: True))  # CORS lets the page read it
        route.set(Answer(ITEMS.replace(b'1.10', b'1.20')))
        self.said('/channels', lambda text: '"updated_item"' in text and '1.20' in text)
        self.said('/v1/stream', lambda text: '"changes"' in text and '"seq":2' in text)
        server.stop()
        self.said('/channels', lambda text: text == 'closed 1001')
        self.said('/v1/stream', lambda text: text == 'closed 1001')

    def test_pageFromDisk_isRefused_untilItIsAllowed(self):
        server = self.server()
        self.define(server, 'well', ITEMS)
        server.start()
        # what a browser sends for a page opened from disk is Origin: null; a data: URL has the same origin
        self.upstream.route('/said').set(Answer(b'{}', headers={'Access-Control-Allow-Origin': '*'}, etag=False))
        page = PAGE.replace('PORT', str(server.port)).replace("fetch('/said'", "fetch('%s/said'" % self.upstream.url)
        file = server.folder / 'page.html'
        file.write_text(page)
        self.browse('file://%s' % file)
        self.said('/v1/stream', lambda text: text.startswith('closed 1006'))
        self.said('items', lambda text: 'TypeError' in text)
        self.assertRegex(server.errors(), r'null')
