import { Batch, defineFilter, numberParameter, OptionTicker } from "@ims/filter-sdk/assembly";

export * from "@ims/filter-sdk/assembly/exports";

const strike = numberParameter("strike", "85", "the lowest strike that passes");

defineFilter("strike-above", "1.0.0", [OptionTicker.TEMPLATE], (batch: Batch): void => {
  while (batch.next()) {
    const option = OptionTicker.of(batch);
    // Compared exactly, at whatever scales the two have.
    if (option != null && option.compareStrike(strike) < 0) batch.drop();
  }
});
