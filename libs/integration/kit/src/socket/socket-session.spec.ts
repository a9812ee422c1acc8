import { once } from "node:events";
import { createServer } from "node:http";
import net from "node:net";
import { SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Pacer } from "../rate/pacer.js";
import { EventQueue } from "../spec-support/event-queue.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { SocketServer } from "../spec-support/socket-server.js";
import { SocketSession, type SocketSessionOptions } from "./socket-session.js";

let clock: SimulatedClock;
let server: SocketServer;
let session: SocketSession;
let opens: EventQueue<void>;
let downs: EventQueue<void>;
let frames: EventQueue<string>;
let warnings: EventQueue<string>;

beforeEach(async () => {
  clock = new SimulatedClock();
  server = await SocketServer.start();
  opens = new EventQueue();
  downs = new EventQueue();
  frames = new EventQueue();
  warnings = new EventQueue();
});

afterEach(async () => {
  await session.close();
  expect(clock.pendingTimerCount).toBe(0);
  await server.close();
});

function start(options: Partial<SocketSessionOptions> = {}): SocketSession {
  session = new SocketSession({
    url: server.url,
    clock,
    random: () => 0.5,
    logger: {
      ...silentLogger,
      warn: (fields) => warnings.push((fields as { reason?: string }).reason ?? ""),
    },
    handlers: {
      onOpen: () => opens.push(),
      onFrame: (frame) => frames.push(Buffer.from(frame).toString("utf8")),
      onDown: () => downs.push(),
    },
    ...options,
  });
  session.start();
  session.start();
  return session;
}

describe("SocketSession", () => {
  it("delivers text frames as bytes, also such as are not UTF-8, and sends text", async () => {
    start();
    expect(session.send("too early")).toBe(false);
    const peer = await server.connections.next();
    await opens.next();
    expect(session.isOpen).toBe(true);
    peer.send('{"a":1}');
    expect(await frames.next()).toBe('{"a":1}');
    expect(session.send("hello")).toBe(true);
    expect(await server.messages.next()).toBe("hello");
    peer.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await frames.next()).toBe("\ufffd\ufffd");
    expect(session.isOpen).toBe(true);
  });

  it("comes back after a drop, and again, with growing pauses", async () => {
    start();
    for (const pauseMillis of [188, 375, 750]) {
      const peer = await server.connections.next();
      await opens.next();
      peer.terminate();
      await downs.next();
      expect(session.isOpen).toBe(false);
      await clock.advance(pauseMillis - 1);
      expect(server.connections.pendingCount).toBe(0);
      await clock.advance(1);
    }
    await opens.next();
    expect(session.reconnectCount).toBe(3);
  });

  it("starts with small pauses again after a connection that lasted", async () => {
    start({ silenceMillis: 90_000 });
    for (let round = 0; round < 3; round++) {
      const peer = await server.connections.next();
      await opens.next();
      await clock.advance(10_000);
      peer.close(1008);
      await downs.next();
      await clock.advance(188);
    }
    await opens.next();
  });

  it("warns of a lost connection, but not of one that reached the age at which the venue ends it", async () => {
    start({ lifeMillis: 600_000, silenceMillis: 90_000_000 });
    for (const [upMillis, warningCount] of [
      [500_000, 1],
      [599_000, 0],
    ] as const) {
      const peer = await server.connections.next();
      await opens.next();
      await clock.advance(upMillis);
      peer.close(1000);
      await downs.next();
      expect(warnings.pendingCount).toBe(warningCount);
      if (warningCount > 0) await warnings.next();
      await clock.advance(1000);
    }
  });

  it("keeps on dialling a venue that is down", async () => {
    await server.close();
    start();
    for (let attempt = 0; attempt < 12; attempt++) {
      expect(await warnings.next()).toContain("ECONNREFUSED");
      await clock.advance(30_000);
    }
    expect(opens.pendingCount).toBe(0);
  });

  it("gives up on a handshake that is not answered", async () => {
    const deaf = net.createServer().listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const dialled = once(deaf, "connection");
    start({ url: `ws://127.0.0.1:${(deaf.address() as net.AddressInfo).port}`, connectTimeoutMillis: 3000 });
    const [peer] = (await dialled) as [net.Socket];
    await clock.advance(3000);
    expect(await warnings.next()).toBe("no connection within 3000 ms");
    peer.destroy();
    await new Promise((resolve) => deaf.close(resolve));
  });

  it("waits as long as a refused handshake asks for", async () => {
    let requestCount = 0;
    const refusing = createServer((_, response) => {
      requestCount++;
      response.writeHead(429, { "retry-after": "7" }).end();
    });
    refusing.listen(0, "127.0.0.1");
    await once(refusing, "listening");
    start({ url: `ws://127.0.0.1:${(refusing.address() as net.AddressInfo).port}` });
    expect(await warnings.next()).toBe("the venue refused the connection with HTTP 429");
    await clock.advance(6999);
    expect(requestCount).toBe(1);
    await clock.advance(1);
    await warnings.next();
    expect(requestCount).toBe(2);
    refusing.closeAllConnections();
    await new Promise((resolve) => refusing.close(resolve));
  });

  it("takes dials from the shared budget", async () => {
    const budget = new Pacer(clock, 1, 60_000);
    await budget.wait();
    start({ connectionBudget: budget });
    await clock.advance(59_999);
    expect(server.connections.pendingCount).toBe(0);
    await clock.advance(1);
    await opens.next();
  });

  it("ends frames beyond the bound with the connection", async () => {
    start({ frameBytesMax: 1000 });
    const peer = await server.connections.next();
    await opens.next();
    peer.send("x".repeat(1001));
    await downs.next();
    expect(frames.pendingCount).toBe(0);
  });

  it("stops reading while paused, on the next connection too", async () => {
    start();
    session.pause();
    const peer = await server.connections.next();
    await opens.next();
    peer.send("while paused");
    peer.ping();
    await clock.advance(120_000);
    expect(frames.pendingCount).toBe(0);
    expect(session.isOpen).toBe(true);
    session.resume();
    expect(await frames.next()).toBe("while paused");
  });

  it("calls nothing after it was closed", async () => {
    start();
    const peer = await server.connections.next();
    await opens.next();
    peer.send("unread");
    const closed = session.close();
    await closed;
    await server.closes.next();
    expect(frames.pendingCount).toBe(0);
    expect(downs.pendingCount).toBe(0);
    expect(server.clientCount).toBe(0);
  });

  it("delivers nothing more once it is closed, also of what was read together", async () => {
    const seen: string[] = [];
    start({
      handlers: {
        onOpen: () => opens.push(),
        onDown: () => downs.push(),
        onFrame: (frame) => {
          seen.push(Buffer.from(frame).toString());
          session.reconnect("enough");
          frames.push("first");
        },
      },
    });
    session.pause();
    const peer = await server.connections.next();
    await opens.next();
    for (const text of ["1", "2"]) peer.send(text);
    await new Promise((resolve) => peer.send("3", resolve));
    session.resume();
    await frames.next();
    await downs.next();
    expect(seen).toEqual(["1"]);
  });

  it("logs what a handler throws, at its first time and ever more rarely, and stays up", async () => {
    const errors = new EventQueue<number>();
    let frameCount = 0;
    start({
      logger: { ...silentLogger, error: (fields) => errors.push((fields as { total: number }).total) },
      handlers: {
        onOpen: () => opens.push(),
        onDown: () => downs.push(),
        onFrame: (frame) => {
          frames.push(Buffer.from(frame).toString());
          if (++frameCount <= 9) throw new Error("a defect");
        },
      },
    });
    const peer = await server.connections.next();
    await opens.next();
    for (let index = 0; index < 10; index++) {
      peer.send(String(index));
      expect(await frames.next()).toBe(String(index));
    }
    for (const total of [1, 2, 4, 8]) expect(await errors.next()).toBe(total);
    expect([errors.pendingCount, downs.pendingCount, session.isOpen]).toEqual([0, 0, true]);
  });

  it("can be closed while it dials and while it waits", async () => {
    start();
    await session.close();
    await server.close();
    start();
    await warnings.next();
    await session.close();
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("SocketSession liveness", () => {
  it("probes a quiet connection and keeps one that answers", async () => {
    start({ silenceMillis: 3000 });
    await server.connections.next();
    await opens.next();
    for (let round = 0; round < 5; round++) {
      await clock.advance(2000);
      await server.pings.next();
      await ponged();
    }
    expect(downs.pendingCount).toBe(0);
    expect(session.isOpen).toBe(true);
  });

  it("drops a connection that does not answer, and dials again", async () => {
    await server.close();
    server = await SocketServer.start({ autoPong: false });
    start({ silenceMillis: 3000 });
    await server.connections.next();
    await opens.next();
    await clock.advance(2000);
    await server.pings.next();
    await clock.advance(1000);
    expect(await warnings.next()).toContain("nothing heard for 3000 ms");
    await downs.next();
    await clock.advance(188);
    await server.connections.next();
    await opens.next();
  });

  it("takes the venue's own pings for a sign of life", async () => {
    await server.close();
    server = await SocketServer.start({ autoPong: false });
    start({ silenceMillis: 3000 });
    const peer = await server.connections.next();
    await opens.next();
    for (let round = 0; round < 5; round++) {
      const answered = once(peer, "pong");
      peer.ping();
      await answered;
      await clock.advance(1000);
    }
    expect(session.isOpen).toBe(true);
    expect(server.pings.pendingCount).toBe(0);
  });

  /** The server wrote its pong before it told of the ping: the next turns of the event loop read it. */
  async function ponged(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
});
