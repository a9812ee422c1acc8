import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILTERS_MAX, VERSIONS_MAX } from "../limits.js";
import type { CommandBody, DeployCommand, FilterCommand } from "../records/filter-command.js";
import { activeVersion, chainOf, type FilterState, NO_FILTERS, reduce } from "./filter-state.js";

let drawn = 0;
const command = (body: CommandBody): FilterCommand => ({
  ...body,
  id: String(drawn++).padStart(32, "0"),
  sentMicros: drawn,
});
const deploy = (name: string, module = 1, more: Partial<DeployCommand> = {}): CommandBody => ({
  kind: "deploy",
  name,
  stream: "s",
  module: String(module).padStart(64, "0"),
  parameters: {},
  policy: "drop",
  limits: {},
  ...more,
});

function run(...bodies: CommandBody[]): { state: FilterState; refusals: string[] } {
  let state = NO_FILTERS;
  const refusals: string[] = [];
  for (const [offset, body] of bodies.entries()) {
    const reduced = reduce(state, command(body), offset);
    state = reduced.state;
    if (reduced.refusal !== undefined) refusals.push(reduced.refusal);
  }
  return { state, refusals };
}

const modulesOf = (state: FilterState, name = "a") =>
  state.filters.get(name)!.versions.map(({ module }) => Number(module));
const activeOf = (state: FilterState, name = "a") => Number(activeVersion(state.filters.get(name)!).module);

describe("commands add up", () => {
  it("to versions, of which the last deployed one runs until a rollback", () => {
    const { state } = run(deploy("a", 1), deploy("a", 2), deploy("a", 3), { kind: "rollback", name: "a" });
    expect(modulesOf(state)).toEqual([1, 2, 3]);
    expect(activeOf(state)).toBe(2);
    const again = run(deploy("a", 1), deploy("a", 2), { kind: "rollback", name: "a" }, deploy("a", 4));
    expect(activeOf(again.state)).toBe(4);
    expect(again.state.filters.get("a")!.active).toBe(3);
  });

  it("to parameters that are a version of their own", () => {
    const parameters = { strike: "85", side: "call" };
    const { state } = run(deploy("a", 1, { parameters }), {
      kind: "parameters",
      name: "a",
      parameters: { strike: "90" },
    });
    expect(activeVersion(state.filters.get("a")!)).toMatchObject({
      number: 2,
      parameters: { strike: "90", side: "call" },
    });
  });

  it("to a chain in the order of positions, of the filters of the topic and of its stream", () => {
    const { state } = run(
      deploy("late", 1),
      deploy("other", 1, { topic: "elsewhere" }),
      deploy("early", 1, { topic: "t", position: 1 }),
      deploy("last", 1),
      deploy("foreign", 1, { stream: "r" }),
    );
    expect(chainOf(state, "s", "t").map(({ name }) => name)).toEqual(["early", "late", "last"]);
  });

  it("to nothing where they cannot be followed, and say why", () => {
    const { state, refusals } = run(
      deploy("strike", 1),
      { kind: "rollback", name: "strike" },
      { kind: "disable", name: "strick" },
      deploy("strike", 2, { topic: "t" }),
    );
    expect(refusals).toEqual([
      "strike has no version before 1",
      'there is no filter strick (did you mean "strike"?)',
      "strike filters all topics of s; remove it, or deploy under another name",
    ]);
    expect(modulesOf(state, "strike")).toEqual([1]);
    expect(state.nextOffset).toBe(4);
  });

  it("to a revision that changes with every command that is followed", () => {
    const { state } = run(deploy("a"), { kind: "disable", name: "a" }, { kind: "enable", name: "a" });
    expect(state.filters.get("a")).toMatchObject({ revision: 2, isEnabled: true });
  });

  it("within bounds, whatever they are", () => {
    const names = Array.from({ length: 5 }, (_, index) => `f${index}`);
    const body = fc.oneof(
      fc
        .record({ name: fc.constantFrom(...names), module: fc.nat(9) })
        .map(({ name, module }) => deploy(name, module)),
      fc
        .record({
          kind: fc.constantFrom(
            "rollback" as const,
            "disable" as const,
            "enable" as const,
            "remove" as const,
          ),
          name: fc.constantFrom(...names),
        })
        .map((named): CommandBody => named),
    );
    fc.assert(
      fc.property(fc.array(body, { maxLength: 120 }), (bodies) => {
        const { state } = run(...bodies);
        for (const filter of state.filters.values()) {
          expect(filter.versions.length).toBeLessThanOrEqual(VERSIONS_MAX);
          expect(filter.versions.map(({ number }) => number)).toContain(filter.active);
        }
        expect(state.nextOffset).toBe(bodies.length);
      }),
    );
    const many = run(...Array.from({ length: FILTERS_MAX + 1 }, (_, index) => deploy(`n${index}`)));
    expect(many.state.filters.size).toBe(FILTERS_MAX);
    expect(many.refusals).toHaveLength(1);
  });
});
