import { structuredSetting } from "@ims/common";
import type { ProcessorSource } from "./source-runner.js";

/** A setting that lists topics to read: `stream/topic`, or `stream/topic=output` to name the output's topic. */
export function sourcesSetting() {
  return structuredSetting("stream/topic or stream/topic=output, separated by commas", readSources);
}

function readSources(value: unknown, mistake: (text: string) => void): ProcessorSource[] | undefined {
  const parts: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  const sources = parts.map((part: unknown) => readSource(String(part).trim(), mistake));
  const outputs = sources.map((source) => source.outputTopic ?? `${source.stream}-${source.topic}`);
  if (new Set(outputs).size !== outputs.length) mistake("two sources have one output topic");
  return sources;
}

function readSource(text: string, mistake: (text: string) => void): ProcessorSource {
  const form = /^([^/=]+)\/([^=]+?)(?:=([^=]+))?$/.exec(text);
  if (!form) {
    mistake(`${JSON.stringify(text)} is neither stream/topic nor stream/topic=output`);
    return { stream: text, topic: text };
  }
  const [, stream, topic, outputTopic] = form;
  return { stream: stream!, topic: topic!, ...(outputTopic === undefined ? {} : { outputTopic }) };
}
