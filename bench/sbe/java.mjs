import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { barCase } from "./bar-message.mjs";
import { bookDeltaCase } from "./book-delta-message.mjs";
import { loadCodecs } from "./build.mjs";
import { tradeBarCase } from "./java-trade-bar.mjs";
import { MESSAGE_COUNT } from "./measure.mjs";
import { tradeCase } from "./trade-message.mjs";

const root = join(import.meta.dirname, "../..");
const sources = join(import.meta.dirname, "java");
const SCHEMAS = [join(root, "libs/sbe/schema/ims-v2.xml"), join(import.meta.dirname, "schema/bench.xml")];
const MESSAGES = ["TradeBar", "Trade", "Bar", "BookDelta", "Car"];
/** Whose octets are compared; the car's are written into frames of a fixed size that it does not hand out. */
const CASES = {
  TradeBar: ({ sbe }) => tradeBarCase(sbe),
  Trade: ({ sbe }) => tradeCase(sbe),
  Bar: ({ sbe }) => barCase(sbe),
  BookDelta: ({ bench }) => bookDeltaCase(bench),
};
const MAVEN_MILLIS_MAX = 180_000;
/** The buffers of the reference tool reach into the JDK. */
const OPENED = ["--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED"];

function has(program, argument) {
  return spawnSync(program, [argument], { stdio: "ignore" }).status === 0;
}

/** The class path of the reference tool, downloaded by Maven at the first time; undefined when that is refused. */
function classPath(folder) {
  const file = join(folder, "class-path.txt");
  const goal = ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${file}`];
  const { status } = spawnSync("mvn", [...goal, "-f", join(sources, "pom.xml")], {
    stdio: "ignore",
    timeout: MAVEN_MILLIS_MAX,
  });
  return status === 0 ? readFileSync(file, "utf8").trim() : undefined;
}

function java(...args) {
  return execFileSync("java", [...OPENED, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Generates and compiles the Java codecs and what measures them; gives the class path of both. */
function build(folder, tool) {
  const generated = join(folder, "generated");
  for (const schema of SCHEMAS) {
    const options = ["-Dsbe.xinclude.aware=true", `-Dsbe.output.dir=${generated}`];
    java(...options, "-cp", tool, "uk.co.real_logic.sbe.SbeTool", schema);
  }
  const classes = join(folder, "classes");
  const files = [generated, sources].flatMap((path) =>
    readdirSync(path, { recursive: true })
      .filter((name) => name.endsWith(".java") && !name.endsWith("package-info.java"))
      .map((name) => join(path, name)),
  );
  execFileSync("javac", ["-nowarn", "-d", classes, "-cp", tool, ...files], { stdio: "pipe" });
  return [classes, tool].join(delimiter);
}

/** Both must have written the same octets, or the comparison would be of different work. */
function checkOctets(message, codecs, file) {
  const one = CASES[message]?.(codecs);
  if (!one) return;
  for (let index = 0; index < MESSAGE_COUNT; index++) one.generated.encode(index);
  if (Buffer.compare(one.octets.generated, readFileSync(file)) !== 0) {
    throw new Error(`${message}: the octets of Java differ`);
  }
}

function tradeBarOf(codecFolder, direction) {
  const worker = join(import.meta.dirname, "java-worker.mjs");
  const args = [...process.execArgv, worker, codecFolder, direction];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

async function measureAll(folder, codecFolder, tool, rows) {
  const path = build(folder, tool);
  const codecs = await loadCodecs(codecFolder);
  const results = [];
  for (const message of MESSAGES) {
    for (const direction of ["encode", "decode"]) {
      const octets = join(folder, `${message}.bin`);
      const { nanos, bytes } = JSON.parse(java("-cp", path, "Bench", message, direction, octets));
      checkOctets(message, codecs, octets);
      const ours =
        message === "TradeBar"
          ? { generated: tradeBarOf(codecFolder, direction) }
          : rows.find((row) => row.message === message && row.direction === direction);
      const { generated, bulk } = ours;
      results.push({ message, direction, generated, bulk, java: { nanos, bytes } });
    }
  }
  return results;
}

/**
 * Measures the Java codecs that the reference tool generates from the same schemas on the same messages, and prints
 * them beside ours. One line, and undefined, where Java, Maven or the tool is missing.
 *
 * @param codecFolder generated codecs of the benchmark's own schema
 * @param rows what was measured of ours
 */
export async function compareWithJava(codecFolder, rows) {
  if (!has("javac", "-version") || !has("mvn", "-v")) {
    console.log("no comparison with Java: javac or mvn is missing");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "sbe-java-bench-"));
  try {
    const tool = classPath(folder);
    if (tool === undefined) {
      console.log("no comparison with Java: Maven could not get sbe-tool 1.38.1");
      return undefined;
    }
    const results = await measureAll(folder, codecFolder, tool, rows);
    print(results);
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(results) {
  const cell = (result) => (result ? `${result.nanos.toFixed(1)} (${result.bytes})` : "–").padStart(14);
  const ratio = (ours, other) => (ours ? (ours.nanos / other.nanos).toFixed(2) : "–").padStart(14);
  console.log("\nns per message (bytes allocated): generated TypeScript beside Java of sbe-tool 1.38.1");
  console.log(
    `${"".padEnd(17)}${["generated", "bulk", "java", "gen/java", "bulk/java"].map((name) => name.padStart(14)).join("")}`,
  );
  for (const { message, direction, generated, bulk, java: other } of results) {
    const cells = [cell(generated), cell(bulk), cell(other), ratio(generated, other), ratio(bulk, other)];
    console.log(`${message} ${direction}`.padEnd(17) + cells.join(""));
  }
}
