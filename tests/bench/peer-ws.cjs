// A peer to measure beside: npm `ws`.
// usage: node peer-ws.cjs PORT MS BYTES SNAPSHOT: every MS milliseconds (0: never) a message of BYTES bytes to everyone; whoever
// subscribes is sent SNAPSHOT bytes, made once.
const { WebSocketServer } = require('ws');

const [port, ms, bytes, snapshotBytes] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 });
const snapshot = Buffer.from(`{"type":"snapshot","pad":"${'x'.repeat(snapshotBytes)}"}`);

server.on('connection', (client) => {
    client.on('message', (text) => {
        if (JSON.parse(text).action === 'subscribe')
            client.send(snapshot, { binary: false });
    });
});

function messageNow() {
    const head = `{"t":${process.hrtime.bigint()},"pad":"`;
    return Buffer.from(`${head}${'x'.repeat(Math.max(0, bytes - head.length - 2))}"}`);
}

if (ms > 0) {
    setInterval(() => {
        const message = messageNow();
        for (const client of server.clients)
            client.send(message, { binary: false });
    }, ms);
}
