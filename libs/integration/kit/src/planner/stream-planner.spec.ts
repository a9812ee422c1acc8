import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamPlanner } from "./stream-planner.js";

describe("StreamPlanner", () => {
  it("fills one socket of a group before it opens the next", () => {
    const planner = new StreamPlanner(2);
    const ids = ["a", "b", "c"].map((stream) => planner.place(stream, "/market").id);
    expect(ids).toEqual([1, 1, 2]);
    expect(planner.place("d", "/public").id).toBe(3);
    expect(planner.place("e", "/market").id).toBe(2);
  });

  it("takes the preferred socket if it has room and the right group", () => {
    const planner = new StreamPlanner(2);
    for (const stream of ["a", "b", "c"]) planner.place(stream, "");
    planner.remove("a");
    expect(planner.place("x", "", 2).id).toBe(2);
    expect(planner.place("y", "", 2).id).toBe(1);
    expect(planner.place("z", "other", 2).id).toBe(3);
  });

  it("takes another socket than the avoided one, a new one if there is no other", () => {
    const planner = new StreamPlanner(5);
    planner.place("a", "");
    planner.place("b", "");
    planner.remove("b");
    expect(planner.place("b", "", undefined, 1).id).toBe(2);
    expect(planner.place("c", "", undefined, 1).id).toBe(2);
  });

  it("closes emptied sockets but keeps the last one of a group", () => {
    const planner = new StreamPlanner(1);
    for (const stream of ["a", "b", "c"]) planner.place(stream, "");
    for (const stream of ["a", "b", "c"]) planner.remove(stream);
    expect(planner.takeSpareSockets().map(({ id }) => id)).toEqual([1, 2]);
    expect(planner.takeSpareSockets()).toEqual([]);
    expect(planner.place("d", "").id).toBe(3);
  });

  it("keeps within the limit and never moves a stream, whatever is asked", () => {
    const operation = fc.record({
      stream: fc.integer({ min: 0, max: 30 }).map(String),
      action: fc.constantFrom("place", "place", "remove", "spare"),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(operation, { maxLength: 120 }),
        (limit, operations) => {
          const planner = new StreamPlanner(limit);
          const model = new Map<string, number>();
          for (const { action, stream } of operations) {
            const group = Number(stream) % 2 === 0 ? "even" : "odd";
            if (action === "place") {
              const { id } = planner.place(stream, group);
              expect(id).toBe(model.get(stream) ?? id);
              model.set(stream, id);
            } else if (action === "remove") {
              expect(planner.remove(stream)?.id).toBe(model.get(stream));
              model.delete(stream);
            } else {
              for (const socket of planner.takeSpareSockets()) expect(socket.streams.size).toBe(0);
            }
          }
          expect(planner.streamCount).toBe(model.size);
          for (const socket of planner.sockets) {
            expect(socket.streams.size).toBeLessThanOrEqual(limit);
            for (const stream of socket.streams) expect(model.get(stream)).toBe(socket.id);
          }
        },
      ),
    );
  });
});
