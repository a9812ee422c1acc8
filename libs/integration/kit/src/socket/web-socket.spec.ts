import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from "@ims/spec-kit";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { EventQueue } from "../spec-support/event-queue.js";
import type { SocketWire } from "./socket-wire.js";
import { dialSocket } from "./web-socket.js";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** What a wire tells, in order. */
class Told {
  readonly calls = new EventQueue<string>();
  wire!: SocketWire;

  constructor(url: string, headers?: Readonly<Record<string, string>>, frameBytesMax = 1_000_000) {
    const tell = (call: string) => this.calls.push(call);
    this.wire = dialSocket(
      url,
      frameBytesMax,
      {
        onOpen: () => tell("open"),
        onMessage: (frame) => tell(`message ${Buffer.from(frame).toString("latin1")}`),
        onSign: () => tell("sign"),
        onError: (message) => tell(`error ${message}`),
        onRefused: (status, retryAfter) => tell(`refused ${status} ${retryAfter}`),
        onClosed: (code) => tell(`closed ${code}`),
      },
      headers,
    );
    closers.push(() => this.wire.terminate());
  }
}

/** A server that answers the first request with what it is told to; `{accept}` in it is the right value. */
async function answering(answer: string, behind: Uint8Array = new Uint8Array(0)) {
  const requests = new EventQueue<string>();
  const sockets = new EventQueue<Socket>();
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const request = data.toString("latin1");
      requests.push(request);
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request)?.[1];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.write(Buffer.concat([Buffer.from(answer.replace("{accept}", accept), "latin1"), behind]));
      sockets.push(socket);
    });
    closers.push(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws?a=b`, requests, sockets };
}

const UPGRADE =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n";
const ACCEPT = "Sec-WebSocket-Accept: {accept}\r\n";

describe("dialSocket", () => {
  it("asks as RFC 6455 says, with headers of its own and the user of the URL", async () => {
    const { requests, url } = await answering(`${UPGRADE}${ACCEPT}\r\n`);
    const told = new Told(url.replace("ws://", "ws://me:a%20b@"), { "X-API-KEY": "k" });
    const request = await requests.next();
    expect(request.startsWith("GET /ws?a=b HTTP/1.1\r\n")).toBe(true);
    for (const line of [
      `Host: ${new URL(url).host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "X-API-KEY: k",
      `Authorization: Basic ${Buffer.from("me:a b").toString("base64")}`,
    ]) {
      expect(request).toContain(`\r\n${line}\r\n`);
    }
    expect(request).not.toContain("Extensions");
    expect(await told.calls.next()).toBe("open");
  });

  it("reads frames that came with the answer, and skips what comes in front of it", async () => {
    const frames = Buffer.from([0x81, 2, 104, 105, 0x81, 1]);
    const { sockets, url } = await answering(
      `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${UPGRADE}${ACCEPT}\r\n`,
      frames,
    );
    const told = new Told(url);
    expect([await told.calls.next(), await told.calls.next()]).toEqual(["open", "message hi"]);
    (await sockets.next()).write("!");
    expect(await told.calls.next()).toBe("message !");
  });

  it("tells of a refusal, and of answers that are none of a WebSocket server", async () => {
    const refusal = await answering("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n");
    const refused = new Told(refusal.url);
    expect([await refused.calls.next(), await refused.calls.next()]).toEqual([
      "refused 429 7",
      "closed 1006",
    ]);
    for (const [answer, words] of [
      ["HELLO\r\n\r\n", "no HTTP"],
      [`${UPGRADE}Sec-WebSocket-Accept: wrong\r\n\r\n`, "Accept is wrong"],
      [`HTTP/1.1 101 X\r\nConnection: Upgrade\r\n${ACCEPT}\r\n`, "does not upgrade"],
      [`HTTP/1.1 101 X\r\nUpgrade: websocket\r\n${ACCEPT}\r\n`, "does not upgrade the connection"],
      [`${UPGRADE}${ACCEPT}Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n`, "was not asked for"],
      [`${UPGRADE}${ACCEPT}Sec-WebSocket-Protocol: chat\r\n\r\n`, "was not asked for"],
      [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(17_000)}`, "more than 16384 octets"],
    ] as const) {
      const { url } = await answering(answer);
      const told = new Told(url);
      expect(await told.calls.next()).toContain(words);
      expect(await told.calls.next()).toBe("closed 1006");
    }
  });

  it("refuses URLs and headers that cannot be used at once", () => {
    for (const url of ["http://127.0.0.1", "ws://127.0.0.1/#a", "nothing"]) {
      expect(() => new Told(url)).toThrow();
    }
    expect(() => new Told("ws://127.0.0.1:1", { "X-API-KEY": "a\r\nHost: b" })).toThrow(TypeError);
  });

  it("answers pings with their payload, and a close frame with its code", async () => {
    const { sockets, url } = await answering(`${UPGRADE}${ACCEPT}\r\n`);
    const told = new Told(url);
    expect(await told.calls.next()).toBe("open");
    const socket = await sockets.next();
    const received = new EventQueue<Buffer>();
    socket.on("data", (data) => received.push(data));
    socket.write(Buffer.from([0x89, 2, 1, 2]));
    expect(await told.calls.next()).toBe("sign");
    expect(unmasked(await received.next())).toEqual([0x8a, 2, 1, 2]);
    socket.write(Buffer.from([0x88, 2, 1012 >> 8, 1012 & 255, 0x81, 1, 65]));
    expect(await told.calls.next()).toBe("closed 1012");
    expect(unmasked(await received.next())).toEqual([0x88, 2, 1012 >> 8, 1012 & 255]);
    expect(told.wire.isOpen).toBe(false);
  });

  it("ends a connection that breaks the protocol, with a word on it to either side", async () => {
    const { sockets, url } = await answering(`${UPGRADE}${ACCEPT}\r\n`, Buffer.from([0x81, 1, 65, 0xf1, 0]));
    const told = new Told(url);
    expect([await told.calls.next(), await told.calls.next()]).toEqual(["open", "message A"]);
    expect(await told.calls.next()).toContain("reserved bit");
    expect(await told.calls.next()).toBe("closed 1006");
    const received = new EventQueue<Buffer>();
    (await sockets.next()).on("data", (data) => received.push(data));
    expect(unmasked(await received.next())).toEqual([0x88, 2, 1002 >> 8, 1002 & 255]);
  });

  it("tells of a server that goes without a word, and of nothing after it was terminated", async () => {
    const { sockets, url } = await answering(`${UPGRADE}${ACCEPT}\r\n`);
    const told = new Told(url);
    await told.calls.next();
    (await sockets.next()).end();
    expect(await told.calls.next()).toBe("closed 1006");
    const other = new Told((await answering(`${UPGRADE}${ACCEPT}\r\n`, Buffer.from([0x81, 1, 65]))).url);
    other.wire.terminate();
    expect(await other.calls.next()).toBe("closed 1006");
    expect(other.calls.pendingCount).toBe(0);
  });

  it("carries large and small messages over TLS in both directions, paused in between", async () => {
    const server = createSecureServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY });
    const sockets = new WebSocketServer({ server });
    const said = new EventQueue<string>();
    const sizes = [1, 200_000, 3, 70_000, 1_200_000, 5, 90_000];
    sockets.on("connection", (peer) => {
      peer.on("message", (data) => said.push(data.toString()));
      for (const size of sizes) peer.send(String(size).padEnd(size, "."));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    const { NODE_TLS_REJECT_UNAUTHORIZED } = process.env;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    const url = `wss://localhost:${(server.address() as AddressInfo).port}`;
    const told = new Told(url, undefined, 1_200_000);
    expect(await told.calls.next()).toBe("open");
    if (NODE_TLS_REJECT_UNAUTHORIZED === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    for (const size of sizes) {
      expect(await told.calls.next()).toBe(`message ${String(size).padEnd(size, ".")}`);
      told.wire.pause();
      expect(told.wire.isPaused).toBe(true);
      told.wire.resume();
    }
    told.wire.send("x".repeat(70_000));
    expect(await said.next()).toBe("x".repeat(70_000));
  });

  it("is not content with a certificate that nobody trusts", async () => {
    const server = createSecureServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    const told = new Told(`wss://localhost:${(server.address() as AddressInfo).port}`);
    expect(await told.calls.next()).toContain("self-signed certificate");
    expect(await told.calls.next()).toBe("closed 1006");
  });
});

/** The octets of a client's frame with its mask taken off. */
function unmasked(frame: Uint8Array): number[] {
  const [first, second, ...rest] = frame;
  expect(second! & 0x80).toBe(0x80);
  return [first!, second! & 0x7f, ...rest.slice(4).map((octet, index) => octet ^ rest[index & 3]!)];
}
