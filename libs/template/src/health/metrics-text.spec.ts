import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePrometheus } from "../spec-support/prometheus.js";
import { MetricsText } from "./metrics-text.js";

describe("MetricsText", () => {
  it("writes each kind with prefix, help and type", () => {
    const text = new MetricsText();
    text.counter("records", "All of them", [
      [{ topic: "trades" }, 3],
      [{ topic: "bars" }, 0],
    ]);
    text.gauge("ready", "Whether it is", 1);
    text.summary("wait_seconds", "How long", { quantiles: { "0.5": 0.25 }, sum: 1.5, count: 4 });
    expect(text.toString()).toBe(
      [
        "# HELP ims_records_total All of them",
        "# TYPE ims_records_total counter",
        'ims_records_total{topic="trades"} 3',
        'ims_records_total{topic="bars"} 0',
        "# HELP ims_ready Whether it is",
        "# TYPE ims_ready gauge",
        "ims_ready 1",
        "# HELP ims_wait_seconds How long",
        "# TYPE ims_wait_seconds summary",
        'ims_wait_seconds{quantile="0.5"} 0.25',
        "ims_wait_seconds_sum 1.5",
        "ims_wait_seconds_count 4",
        "",
      ].join("\n"),
    );
  });

  it("can be read back, whatever labels and numbers hold", () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(labels, fc.double(), (given, value) => {
        const text = new MetricsText();
        text.gauge("x", "a \\ and\na line", [[given, value]]);
        const [sample] = parsePrometheus(text.toString());
        expect(sample!.labels).toEqual({ ...given });
        // The format has one zero.
        expect(sample!.value + 0).toBe(value + 0);
      }),
    );
  });

  it("refuses a name that stands already, or that the format does not allow", () => {
    const text = new MetricsText();
    text.gauge("ready", "", 1);
    expect(() => text.gauge("ready", "", 1)).toThrow(TypeError);
    expect(() => text.gauge("not-ready", "", 1)).toThrow(TypeError);
  });
});
