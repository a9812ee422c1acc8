import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const workspaceDir = fileURLToPath(new URL("../../", import.meta.url));
/** What is built stays here for the next run, outside what is versioned. */
const cacheDir = process.env.IMS_PEERS_CACHE ?? join(workspaceDir, "node_modules/.cache/iggy-peers");
const CLI_VERSION = "0.14.0-edge.4";

/** The official Python client with its program. */
export function pythonPeer() {
  const python = process.env.IMS_PYTHON ?? join(workspaceDir, ".venv/bin/python");
  const isThere = existsSync(python) && succeeds(python, ["-c", "import apache_iggy"]);
  return isThere
    ? { command: [python, join(workspaceDir, "apps/e2e/python/scenarios.py")] }
    : { missing: "install it: python3 -m venv .venv && .venv/bin/pip install apache-iggy==0.9.0" };
}

/** Builds the program with the official Rust client. */
export function buildRustPeer() {
  if (!succeeds("cargo", ["--version"])) return { missing: "cargo is not installed" };
  const targetDir = join(cacheDir, "rust");
  const manifest = join(workspaceDir, "tools/peers/rust/Cargo.toml");
  console.log("rust: building, minutes at the first time");
  const build = spawnSync(
    "cargo",
    ["build", "--quiet", "--locked", "--manifest-path", manifest, "--target-dir", targetDir],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  if (build.status !== 0) return { missing: "it could not be built, see above" };
  return { command: [join(targetDir, "debug/iggy-peer")] };
}

export function installCommandLine() {
  const root = join(cacheDir, "cli");
  const target = join(cacheDir, "cli-build");
  execFileSync(
    "cargo",
    ["install", "iggy-cli", "--version", CLI_VERSION, "--locked", "--root", root, "--target-dir", target],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
}

/** The official command line. */
export function commandLine() {
  const program = process.env.IMS_IGGY_CLI ?? join(cacheDir, "cli/bin/iggy");
  return existsSync(program)
    ? { command: [program] }
    : { missing: "install it: node tools/peers/run.mjs cli --install-cli" };
}

function succeeds(program, args) {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
