import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as client from "../apps/ims-client/src/index.js";
import { clientDeclarations, clientReference } from "./client-reference/index.js";

const workspaceDir = dirname(import.meta.dirname);

describe.skipIf(!existsSync(join(workspaceDir, "apps/ims-client/dist/index.d.ts")))(
  "docs/reference/client-api.md",
  () => {
    it("is what the declarations give (node tools/client-reference.mjs)", () => {
      const page = readFileSync(join(workspaceDir, "docs/reference/client-api.md"), "utf8");
      expect(page).toBe(clientReference(workspaceDir));
    });

    it("has every value that the package exports", () => {
      const names = clientDeclarations(workspaceDir).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(Object.keys(client)));
    });

    it("shows members that users can reach, with their comments, and no others", () => {
      const { code, doc } = clientDeclarations(workspaceDir).find(({ name }) => name === "ImsClient")!;
      expect(doc).toMatch(/^A client of one exchange's service\./);
      expect(code).toContain("static open(options?: ConnectOptions): Promise<ImsClient>;");
      expect(code).toContain("/** Lower-case name of the exchange. */");
      expect(code).not.toMatch(/private|protected|startFeed|\btransport;/);
    });

    it("links only to sections that it has", () => {
      const page = clientReference(workspaceDir);
      const anchors = new Set(
        [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => `#${title!.toLowerCase()}`),
      );
      const links = [...page.matchAll(/\]\((#\w+)\)/g)].map(([, link]) => link!);
      expect(links.filter((link) => !anchors.has(link))).toEqual([]);
    });
  },
);
