// A peer to measure beside: npm `ws`.   usage: node peer-ws.cjs PORT MS BYTES
const { WebSocketServer } = require('ws');

const [port, ms, bytes] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 });
const pad = 'x'.repeat(bytes);

setInterval(() => {
    const message = Buffer.from(`{"t":${process.hrtime.bigint()},"pad":"${pad}"}`);
    for (const client of server.clients)
        client.send(message, { binary: false });
}, ms);
