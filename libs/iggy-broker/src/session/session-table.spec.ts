import { describe, expect, it } from "vitest";
import { newUser } from "../catalog/user-change.js";
import { type Session, SessionTable } from "./session-table.js";

const user = newUser(0, { name: "iggy", at: 1, status: "active", passwordHash: "", permissions: null });

function newTable() {
  const ended: bigint[] = [];
  const released: number[] = [];
  const table = new SessionTable((session) => ended.push(session.client));
  const add = (client: bigint, number: number): Session => {
    const session = { client, number, user, release: () => released.push(number) };
    table.add(session);
    return session;
  };
  return { table, add, ended, released };
}

describe("SessionTable", () => {
  it("ends the session that was registered longest ago when there are too many", () => {
    const { table, add, ended, released } = newTable();
    for (let index = 1; index <= 8193; index++) add(BigInt(index), index);
    expect([table.count, ended, released]).toEqual([8192, [1n], [1]]);
    expect(table.find(1n)).toBeUndefined();
  });

  it("ends a session whose client registers again, and tells it once", () => {
    const { table, add, ended, released } = newTable();
    const first = add(5n, 1);
    const second = add(5n, 2);
    expect([ended, released]).toEqual([[5n], [1]]);
    table.remove(first);
    expect([table.find(5n), ended]).toEqual([second, [5n]]);
    table.remove(second);
    expect([table.count, ended]).toEqual([0, [5n, 5n]]);
  });

  it("knows the last five replies of a session and nothing of one before it", () => {
    const { table, add } = newTable();
    const session = add(5n, 1);
    for (let request = 1; request <= 6; request++) {
      expect(table.admit(session, BigInt(request), 0n).kind).toBe("new");
      table.record(session, BigInt(request), 0n, Uint8Array.of(request));
    }
    expect(table.admit(session, 1n, 0n).kind).toBe("applied");
    expect(table.admit(session, 2n, 0n)).toEqual({ kind: "repeated", reply: Uint8Array.of(2) });
    expect(table.admit(add(5n, 2), 1n, 0n).kind).toBe("new");
  });
});
