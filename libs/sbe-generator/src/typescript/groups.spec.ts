import { beforeAll, describe, expect, it } from "vitest";
import { type Flyweight, type GeneratedModule, generatedModule } from "../spec-support/generated-module.js";
import { schemaText } from "../spec-support/memory-schema.js";

const TYPES = `<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint16"/></composite>
<composite name="wide"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint32" maxValue="2147483647"/></composite>
<composite name="text"><type name="length" primitiveType="uint16"/><type name="varData" length="0" primitiveType="uint8" characterEncoding="UTF-8"/></composite>
<type name="four" primitiveType="int32" length="4"/>`;
const MESSAGES = `<message name="Book" id="1"><field name="seq" id="1" type="uint64"/><field name="numbers" id="2" type="four"/>
<group name="levels" id="10"><field name="price" id="11" type="int64"/><field name="side" id="12" type="uint8"/></group>
<group name="orders" id="20"><field name="id" id="21" type="uint32"/><group name="fills" id="22"><field name="size" id="23" type="int64"/></group><data name="note" id="24" type="text"/></group>
<data name="comment" id="30" type="text"/></message>
<message name="Empty" id="2"><group name="none" id="1" dimensionType="wide"></group></message>`;
const HEADER = 8;

const code = (expected: string) => expect.objectContaining({ name: "SbeError", code: expected });

describe("generated code for groups", () => {
  let generated: GeneratedModule;
  let bytes: Uint8Array;
  let view: DataView;
  let encoder: Flyweight;

  beforeAll(async () => {
    generated = await generatedModule(schemaText(TYPES, MESSAGES));
  });

  function start(): Flyweight {
    bytes = new Uint8Array(512).fill(0xee);
    view = new DataView(bytes.buffer);
    encoder = new generated.BookEncoder!();
    encoder.wrapAndApplyHeader!(view, 0);
    return encoder;
  }

  function reading(length = encoder.limit): Flyweight {
    return new generated.BookDecoder!().wrapAndApplyHeader!(view, 0, length);
  }

  function json(): unknown {
    return JSON.parse(JSON.stringify(reading()));
  }

  const EMPTY = { seq: "0", numbers: [0, 0, 0, 0], levels: [], orders: [], comment: "" };

  it("is a whole message with nothing but a header written", () => {
    start();
    expect(json()).toEqual(EMPTY);
    expect(bytes[encoder.limit]).toBe(0xee);
  });

  it("fills in what is skipped, and zeroes what is not set", () => {
    const { ordersCount } = start();
    const orders = ordersCount!.call(encoder, 2);
    orders.next!().id!(7);
    orders.next!().fillsCount!(1).next!().sizeNumber!(-5);
    encoder.comment!("last");
    const order = (id: number, fills: readonly unknown[]) => ({ id, fills, note: "" });
    expect(json()).toEqual({
      ...EMPTY,
      orders: [order(7, []), order(0, [{ size: "-5" }])],
      comment: "last",
    });
  });

  it("refuses what would come behind its place, and groups with entries missing", () => {
    start().comment!("last");
    expect(() => encoder.levelsCount!(1)).toThrow(code("sbe.order"));
    start().levelsCount!(2).next!();
    expect(() => encoder.ordersCount!(0)).toThrow(code("sbe.order"));
    expect(() => start().levelsCount!(1).next!().next!()).toThrow(code("sbe.order"));
    const orders = start().ordersCount!(1).next!();
    orders.fillsCount!(1);
    expect(() => encoder.limit).toThrow(code("sbe.order"));
  });

  it.each([-1, 65_535, 1.5, Number.NaN])("refuses a group of %s entries", (count) => {
    expect(() => start().levelsCount!(count)).toThrow(code("sbe.out-of-range"));
  });

  it("sets a count that was not known before", () => {
    const levels = start().levelsCount!(20);
    levels.next!().priceNumber!(1).side!(1);
    levels.next!().priceNumber!(2).side!(2);
    levels.resetCountToIndex!();
    const orders = encoder.ordersCount!(9);
    orders.next!().note!("only");
    orders.resetCountToIndex!();
    expect(json()).toEqual({
      ...EMPTY,
      levels: [
        { price: "1", side: 1 },
        { price: "2", side: 2 },
      ],
      orders: [{ id: 0, fills: [], note: "only" }],
    });
  });

  it("refuses what does not fit the buffer, and writes nothing behind it", () => {
    for (let size = HEADER + 24; size < 120; size++) {
      const window = new Uint8Array(200).fill(0xee);
      const small = new generated.BookEncoder!();
      const write = () => {
        small.wrapAndApplyHeader!(new DataView(window.buffer, 0, size), 0).levelsCount!(2).next!().next!();
        const order = small.ordersCount!(1).next!();
        order.fillsCount!(1).next!();
        order.note!("note");
        small.comment!("comment");
        return small.limit;
      };
      let length = 0;
      try {
        length = write();
      } catch (error) {
        expect(error).toEqual(code("sbe.no-room"));
      }
      expect([size, window.subarray(size).every((octet) => octet === 0xee)]).toEqual([size, true]);
      expect([size, length === 0 || length <= size]).toEqual([size, true]);
    }
  });

  function filled(): Flyweight {
    const levels = start().levelsCount!(3);
    for (let index = 0; index < 3; index++) levels.next!().priceNumber!(index);
    const orders = encoder.ordersCount!(2);
    for (let index = 0; index < 2; index++) {
      orders.next!().id!(index).fillsCount!(1).next!().sizeNumber!(index);
      orders.note!(`note ${index}`);
    }
    encoder.comment!("end");
    return reading();
  }

  it("reads in any order, as often as wanted", () => {
    const book = filled();
    expect(book.comment!()).toBe("end");
    const orders = book.orders!();
    orders.next!();
    expect(orders.next!().note!()).toBe("note 1");
    expect(orders.fills!().next!().sizeNumber!()).toBe(1);
    expect(orders.hasNext!()).toBe(false);
    expect(() => orders.next!()).toThrow(code("sbe.order"));
    expect(orders.sbeRewind!().next!().note!()).toBe("note 0");
    const levels = book.levels!() as unknown as Iterable<Flyweight>;
    expect([...levels].length).toBe(3);
    expect(book.skip!()).toBe(encoder.limit);
    expect(book.sbeDecodedLength!()).toBe(encoder.limit - HEADER);
    expect((book.levels!().next!() as Flyweight).index).toBe(0);
  });

  it("refuses a frame cut at any octet, or gives what lies before the cut", () => {
    filled();
    const length = encoder.limit;
    const whole = JSON.stringify(reading());
    for (let cut = 0; cut < length; cut++) {
      expect(() => JSON.stringify(reading(cut))).toThrow(code("sbe.truncated"));
    }
    expect(JSON.stringify(reading(length))).toBe(whole);
  });

  it("refuses counts that the frame cannot hold, and does not loop over empty entries for long", () => {
    filled();
    view.setUint16(HEADER + 24 + 2, 60_000, true);
    expect(() => reading(512).levels!()).toThrow(code("sbe.truncated"));
    view.setUint16(HEADER + 24 + 2, 65_535, true);
    expect(() => reading(512).levels!()).toThrow(code("sbe.out-of-range"));
    const empty = new generated.EmptyEncoder!();
    empty.wrapAndApplyHeader!(view, 0);
    expect(empty.limit).toBe(HEADER + 6);
    view.setUint32(HEADER + 2, 2_000_000_000, true);
    const hostile = new generated.EmptyDecoder!().wrapAndApplyHeader!(view, 0, HEADER + 6);
    expect(() => JSON.stringify(hostile)).toThrow(code("sbe.out-of-range"));
  });

  it("copies 64-bit fields and arrays between buffers", () => {
    start().seq!(0xfedc_ba98_7654_3210n);
    for (let index = 0; index < 4; index++) encoder.numbers!(index, index - 2);
    const book = reading();
    const copy = new Uint8Array(64);
    const other = new generated.BookEncoder!().wrapAndApplyHeader!(new DataView(copy.buffer), 1);
    other.seqFrom!(view, book.seqStart!()).numbersBytes!(bytes, book.numbersStart!());
    expect(copy.subarray(1 + HEADER, 1 + HEADER + 24)).toEqual(bytes.subarray(HEADER, HEADER + 24));
    expect(() => other.numbersBytes!(bytes, 500)).toThrow(code("sbe.out-of-range"));
  });
});

describe("numbers of 64-bit fields", () => {
  it.each([
    [2 ** 53, false],
    [-(2 ** 53), false],
    [Number.NaN, false],
    [Infinity, false],
    [-Infinity, false],
    [2 ** 64, false],
    [1.5, true],
    [-0.5, true],
  ])("refuse %s", async (value, checks) => {
    const generated = await generatedModule(schemaText(TYPES, MESSAGES), { checks });
    const encoder = new generated.BookEncoder!().wrapAndApplyHeader!(new DataView(new ArrayBuffer(256)), 0);
    expect(() => encoder.seqNumber!(value)).toThrow(code("sbe.out-of-range"));
    expect(() => encoder.levelsCount!(1).next!().priceNumber!(value)).toThrow(code("sbe.out-of-range"));
  });
});

describe("nulls of 64-bit fields", () => {
  const type = (name: string, primitive: string, nullValue: string) =>
    `<type name="${name}" primitiveType="${primitive}" presence="optional" nullValue="${nullValue}"/>`;
  const types = `${type("Small", "int64", "-1")}${type("Large", "uint64", "9007199254740993")}${type("Zero", "uint64", "0")}`;
  const message = `<message name="N" id="1"><field name="small" id="1" type="Small"/><field name="large" id="2" type="Large"/><field name="zero" id="3" type="Zero"/></message>`;

  it("are null as numbers, whether a number could hold them or not", async () => {
    const generated = await generatedModule(schemaText(types, message));
    const view = new DataView(new ArrayBuffer(64));
    const encoder = new generated.NEncoder!().wrapAndApplyHeader!(view, 0);
    const decoder = new generated.NDecoder!();
    const read = () => {
      const found = decoder.wrapAndApplyHeader!(view, 0, 64);
      return [found.smallNumber!(), found.largeNumber!(), found.zeroNumber!()];
    };
    encoder.smallNull!().largeNull!().zeroNull!();
    expect(read()).toEqual([null, null, null]);
    encoder.smallNumber!(-2).largeNumber!(1).zeroNumber!(2 ** 53 - 1);
    expect(read()).toEqual([-2, 1, 2 ** 53 - 1]);
    encoder.large!(2n ** 53n);
    expect(() => read()).toThrow(code("sbe.unsafe-integer"));
  });
});

describe("debug builds", () => {
  it("refuse small integers that their octets cannot hold, which other builds cut", async () => {
    const schema = schemaText(TYPES, MESSAGES);
    for (const checks of [true, false]) {
      const generated = await generatedModule(schema, { checks });
      const encoder = new generated.BookEncoder!().wrapAndApplyHeader!(new DataView(new ArrayBuffer(256)), 0);
      const levels = encoder.levelsCount!(1).next!();
      const set = () => levels.side!(256);
      if (checks) expect(set).toThrow(code("sbe.out-of-range"));
      else expect(set).not.toThrow();
    }
  });
});
