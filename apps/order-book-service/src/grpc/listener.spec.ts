import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { type Listener, listen } from "./listener.js";

const open: Pick<Listener, "close">[] = [];
afterEach(() => {
  for (const listener of open.splice(0)) listener.close();
});

it.each(["127.0.0.1:0", "localhost:0", "[::1]:0"])("listens on %s", async (address) => {
  const listener = await listen(address, (socket) => socket.destroy());
  open.push(listener);
  expect(listener.port).toBeGreaterThan(0);
});

it.each(["9051", "localhost", "::1:9051", "[::1]", "localhost:70000", "unix:/tmp/books"])(
  "refuses %s, and says what an address is",
  async (address) => {
    await expect(listen(address, () => undefined)).rejects.toMatchObject({
      code: "book-service.address",
      message: expect.stringContaining("[::1]:9051"),
    });
  },
);

it("says that an address is taken", async () => {
  const other = createServer();
  open.push({ close: () => void other.close() });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  await expect(listen(`127.0.0.1:${port}`, () => undefined)).rejects.toMatchObject({
    code: "book-service.address",
  });
});
