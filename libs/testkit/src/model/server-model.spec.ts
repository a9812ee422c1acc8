import { readdirSync } from "node:fs";
import { SimulatedClock } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { replayOnModel } from "../transcripts/replay-on-model.js";
import { readTranscript } from "../transcripts/transcript.js";
import { ServerModel } from "./server-model.js";

const USERS = "the model has one user and no tokens";
const SYSTEM = "the model reports no statistics, clients or options";
const SHORTENED = "frames are recorded in shortened form";
const OPTIONS = "the model keeps a topic's options without judging their values, and never changes them";
const FRAMING = "about bytes, not frames";

/** Recordings of what the model does not cover; every other one must be answered alike. */
const NOT_MODELLED: Readonly<Record<string, string>> = {
  "describe-options": SYSTEM,
  "get-client-and-clients": SYSTEM,
  "get-me": SYSTEM,
  "get-stats": SYSTEM,
  "login-legacy-code-38": "old login commands",
  "malformed-bodies": "the reference server is silent to some, where a server had better refuse",
  "node-login": SYSTEM,
  "node-streams-topics": OPTIONS,
  "node-users-tokens": USERS,
  "pat-login": USERS,
  "permissions-none": USERS,
  "pipelined-overtaking": SHORTENED,
  "py-login": SYSTEM,
  "py-send-poll": "begins with a topic that the recording does not create",
  "rust-0-11-0-smoke": SYSTEM,
  "send-1000": SHORTENED,
  "send-large": SHORTENED,
  "send-partition-id": SHORTENED,
  "split-frame": FRAMING,
  tokens: USERS,
  "topic-create-1000": SHORTENED,
  "topic-options-invalid": OPTIONS,
  "topic-options-text": OPTIONS,
  "topic-update": OPTIONS,
  "truncated-frame": FRAMING,
  "user-create-get-list": USERS,
  "user-password": USERS,
  "user-update-delete": USERS,
};

const folder = inject("sharedDir") && `${inject("sharedDir")}/iggy/transcripts`;
const ids = folder
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
  : [];

describe.skipIf(!folder)("recorded exchanges with the reference server", () => {
  it.each(ids.filter((id) => NOT_MODELLED[id] === undefined))("the model answers alike: %s", (id) => {
    const transcript = readTranscript(`${folder}/${id}.json`);
    expect(replayOnModel(transcript, new ServerModel({ clock: new SimulatedClock() }))).toEqual([]);
  });

  it("finds every recording that it lists as not modelled", () => {
    expect(Object.keys(NOT_MODELLED).filter((id) => !ids.includes(id))).toEqual([]);
  });
});
