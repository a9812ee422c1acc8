import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startIms } from "../../spec-support/iggy-stage.js";

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function serve(body: unknown): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/config" ? 200 : 404, { connection: "close" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const CONFIGURATION = {
  exchange: "binancespot",
  version: "1",
  settings: [
    { name: "iggyUrl", value: "iggy://***@localhost:8090", source: "IGGY_URL" },
    { name: "httpPort", value: "", source: "default" },
  ],
};

describe("ims config print", () => {
  it("shows the settings of services and where each comes from", async () => {
    const address = await serve(CONFIGURATION);
    const { exit, output } = startIms(["config", "print", "--service", address], { terminal: true });
    expect(await exit).toBe(0);
    expect(output.text).toMatchInlineSnapshot(`
      "OF           SETTING   VALUE                      SOURCE
      binancespot  iggyUrl   iggy://***@localhost:8090  IGGY_URL
      binancespot  httpPort  -                          default
      "
    `);
    const json = startIms(["config", "print", "--service", address], { terminal: false });
    expect(await json.exit).toBe(0);
    expect(JSON.parse(json.output.lines[0]!)).toEqual({ of: "binancespot", ...CONFIGURATION.settings[0] });
  });

  it("shows those of ims itself, without secrets", async () => {
    const env = { IGGY_URL: "iggy://me:pa55word@localhost:1", IMS_ACCESS_TOKEN: "t0p5ecret" };
    const { exit, output } = startIms(["config", "print", "--csv"], { terminal: false, env });
    expect(await exit).toBe(0);
    expect(output.lines).toContain("ims,url,iggy://***@localhost:1,IGGY_URL");
    expect(output.lines).toContain("ims,accessToken,***,IMS_ACCESS_TOKEN");
    expect(output.text).not.toMatch(/pa55word|t0p5ecret/);
  });

  it("ends with 1 and says why when a service that was named gives none", async () => {
    const address = await serve("hello");
    const { exit, errors } = startIms(["config", "print", "--service", address, "127.0.0.1:1"], {
      terminal: false,
    });
    expect(await exit).toBe(1);
    expect(errors.text).toContain(`ims: ${address}: `);
    expect(errors.text).toContain("ims: 127.0.0.1:1: ");
  });
});
