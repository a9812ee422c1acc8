import { describe, expect, it } from "vitest";
import { PollGate, type PollTicket } from "./poll-gate.js";

/** Runs polls that end when told to, and tells which have begun. */
function rig() {
  const gate = new PollGate();
  const begun: string[] = [];
  const enders = new Map<string, () => void>();
  const run = (name: string, ticket: PollTicket) =>
    gate.run(ticket, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => enders.set(name, resolve));
    });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const end = async (name: string) => {
    enders.get(name)!();
    await turn();
  };
  return { run, begun, end, turn };
}

const ticket = (alone = false): PollTicket => ({ alone, shared: false });

describe("PollGate", () => {
  it("tells polls that were under way together from one that was not", async () => {
    const { run, end, turn } = rig();
    const [first, second, third] = [ticket(), ticket(), ticket()];
    void run("first", first);
    void run("second", second);
    await turn();
    await end("second");
    await end("first");
    void run("third", third);
    await turn();
    await end("third");
    expect([first, second, third].map(({ shared }) => shared)).toEqual([true, true, false]);
  });

  it("lets a poll alone wait for those under way, and later ones wait for it", async () => {
    const { run, begun, end, turn } = rig();
    const alone = ticket(true);
    void run("early", ticket());
    void run("alone", alone);
    void run("late", ticket());
    await turn();
    expect(begun).toEqual(["early"]);
    await end("early");
    expect(begun).toEqual(["early", "alone"]);
    await end("alone");
    expect(begun).toEqual(["early", "alone", "late"]);
    expect(alone.shared).toBe(false);
  });
});
