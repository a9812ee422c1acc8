import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Child, workspaceRoot } from "./child.js";

const python = process.env.IMS_PYTHON ?? join(workspaceRoot, ".venv/bin/python");

/** Whether the official Python client is installed: `python3 -m venv .venv && .venv/bin/pip install apache-iggy==0.9.0`. */
export function officialClientPresent(): boolean {
  return isPresent("apache_iggy");
}

/** Whether the example in Python can run: `.venv/bin/pip install -r examples/python-merged/requirements.txt`. */
export function grpcPresent(): boolean {
  return isPresent("grpc, grpc_tools");
}

function isPresent(modules: string): boolean {
  if (!existsSync(python)) return false;
  try {
    execFileSync(python, ["-c", `import ${modules}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts a program of `apps/e2e/python`. */
export function startPython(program: string, ...args: readonly string[]): Child {
  return new Child(python, [join(workspaceRoot, "apps/e2e/python", program), ...args]);
}

/** Starts an example that is written in Python. @param program its path within `examples` */
export function startExample(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Child {
  return new Child(python, [join(workspaceRoot, "examples", program), ...args], env);
}

/** Runs a program to its end and gives its lines of JSON. */
export async function runPython(program: string, ...args: readonly string[]): Promise<unknown[]> {
  const child = startPython(program, ...args);
  const code = await child.exited;
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${child.output}\n${child.errors}`);
  return child.output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
