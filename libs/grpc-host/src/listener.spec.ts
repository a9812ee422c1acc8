import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { listen } from "./listener.js";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const open = (address: string) =>
  listen({
    address,
    setting: "SOME_ADDR",
    connectionsMax: 1,
    logger: { warn: () => undefined },
    onConnection: (socket) => socket.destroy(),
  });

it.each(["127.0.0.1:0", "localhost:0", "[::1]:0"])("listens on %s", async (address) => {
  const listener = await open(address);
  ends.push(listener.stop);
  expect(listener.port).toBeGreaterThan(0);
});

it.each(["9051", "localhost", "::1:9051", "[::1]", "localhost:70000", "unix:/tmp/books"])(
  "refuses %s, and says what an address is and which setting has it",
  async (address) => {
    const trouble = { code: "grpc.address", message: expect.stringMatching(/SOME_ADDR.*\[::1\]:9051/) };
    await expect(open(address)).rejects.toMatchObject(trouble);
  },
);

it("says that an address is taken", async () => {
  const other = createServer();
  ends.push(() => other.close());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  const trouble = { code: "grpc.address", message: expect.stringContaining("SOME_ADDR") };
  await expect(open(`127.0.0.1:${port}`)).rejects.toMatchObject(trouble);
});
