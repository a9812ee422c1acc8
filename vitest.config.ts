import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const sharedDir = resolve(import.meta.dirname, "../shared");

export default defineConfig({
  ssr: { resolve: { conditions: ["@ims/source"] } },
  test: {
    include: ["libs/**/src/**/*.spec.ts", "apps/**/src/**/*.spec.ts", "tools/**/*.spec.ts"],
    pool: "threads",
    isolate: false,
    setupFiles: ["reflect-metadata"],
    provide: { sharedDir: existsSync(sharedDir) ? sharedDir : "" },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 10_000,
  },
});

declare module "vitest" {
  export interface ProvidedContext {
    /** Folder of the reference data, or "" where it is absent: tests that need it are then skipped. */
    sharedDir: string;
  }
}
