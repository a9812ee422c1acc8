#!/usr/bin/env node
// Puts the figures of bench/results/wasm.json and signing.json into docs/evaluation-wasm.md, between their marks.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspaceDir = dirname(dirname(fileURLToPath(import.meta.url)));
const resultsOf = (name) =>
  JSON.parse(readFileSync(join(workspaceDir, `bench/results/${name}.json`), "utf8"));
const DOCUMENT = join(workspaceDir, "docs/evaluation-wasm.md");

const WAYS = { typescript: "native TypeScript", record: "WASM, one call per record", batch: "WASM, batched" };
const SCHEMES = { ecdsa: "ECDSA", schnorr: "Schnorr", ed25519: "Ed25519" };
const millions = (count) => `${(count / 1e6).toFixed(1)} M`;

/** A table in Markdown. */
function table(titles, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function where({ machine, node, commit, date }) {
  return `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${node}, commit ${commit.slice(0, 7)}, ${date.slice(0, 10)}.`;
}

function filterTable({ filter }) {
  return table(
    ["way", "records that pass are copied out", "records a second", "ns a record", "times TypeScript"],
    filter.map((row) => [
      WAYS[row.way],
      row.copiedOut ? "yes" : "no",
      millions(row.recordsPerSecond),
      row.nanosPerRecord,
      row.timesTypescript,
    ]),
  );
}

function hostTable({ host }) {
  return table(
    ["records in a batch", "records a second", "one batch there and back, µs"],
    host.map((row) => [row.recordsPerBatch, millions(row.recordsPerSecond), row.roundTripMicros]),
  );
}

function swapTable({ swaps }) {
  return table(
    ["", "state", "swaps", "whole swap, median ms", "pause, median ms", "pause, p99 ms", "records lost"],
    swaps.map((row) => [
      row.underLoad ? "under load" : "idle",
      row.hasState ? "yes" : "no",
      row.swaps,
      row.totalMillis,
      row.pauseMillis,
      row.pauseMillisP99,
      row.lost,
    ]),
  );
}

function schemesTable({ messages, schemes, workers }) {
  return table(
    [
      "scheme",
      "backend",
      `${messages} messages, ms`,
      "one message, p50 µs",
      "p99 µs",
      "verify, µs",
      "two workers, times one",
    ],
    schemes.map((row) => [
      SCHEMES[row.scheme],
      row.backend,
      row.wallMillis,
      row.p50Micros,
      row.p99Micros,
      row.verifyMicros,
      workers.find(({ scheme, backend }) => scheme === row.scheme && backend === row.backend)?.timesFaster ??
        "-",
    ]),
  );
}

function switchTable({ opening, switches }) {
  const cold = table(
    ["backend", "loaded, ms", "its first signature, ms", "back to it later, ms"],
    opening.map((row) => [row.backend, row.openMillis, row.firstMillis, row.laterMillis]),
  );
  const random = table(
    ["scheme", "backend drawn at random for each message", "ms a message", "worst ms"],
    switches.map((row) => [
      SCHEMES[row.scheme],
      row.backends.replaceAll(" ", ", "),
      row.millisPerMessage,
      row.worstMillis,
    ]),
  );
  return `${cold}\n\n${random}`;
}

function merkleTable({ merkle }) {
  return table(
    ["octets of a message", "messages a second of processor time", "by wall time"],
    merkle.map((row) => [
      row.messageBytes,
      millions(row.messagesPerSecond),
      millions(row.wallMessagesPerSecond),
    ]),
  );
}

const wasm = resultsOf("wasm");
const signing = resultsOf("signing");
const parts = {
  "where of filters": where(wasm),
  filter: filterTable(wasm),
  host: hostTable(wasm),
  swaps: swapTable(wasm),
  "where of signatures": where(signing),
  schemes: schemesTable(signing),
  switches: switchTable(signing),
  merkle: merkleTable(signing),
};
let text = readFileSync(DOCUMENT, "utf8");
for (const [name, part] of Object.entries(parts)) {
  const from = text.indexOf(`<!-- figures: ${name} -->`);
  const to = text.indexOf("<!-- end -->", from);
  if (from < 0 || to < 0) throw new Error(`${DOCUMENT} has no marks for the figures of ${name}`);
  text = `${text.slice(0, from)}<!-- figures: ${name} -->\n${part}\n${text.slice(to)}`;
}
writeFileSync(DOCUMENT, text);
