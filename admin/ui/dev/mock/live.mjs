// The smallest server side of a WebSocket: text frames both ways, no fragments.
import { createHash } from "node:crypto";

const sockets = new Set();
let seq = 100;

export function accept(req, socket) {
  const key = createHash("sha1")
    .update(`${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => sockets.delete(socket));
  socket.on("data", (data) => {
    if ((data[0] & 15) === 8) socket.end();
    else if (data.length < 200) write(socket, { type: "pong" });
  });
  write(socket, { type: "ready", seq });
}

function write(socket, frame) {
  const body = Buffer.from(JSON.stringify(frame));
  const head =
    body.length < 126
      ? Buffer.from([129, body.length])
      : Buffer.from([129, 126, body.length >> 8, body.length & 255]);
  socket.write(Buffer.concat([head, body]));
}

export const say = (frame) => {
  for (const s of sockets) write(s, frame);
};

export function entry(kind, data, conversation) {
  say({
    type: "entry",
    seq: ++seq,
    kind,
    at: new Date().toISOString(),
    conversation,
    subject: data?.id,
    data,
  });
}
