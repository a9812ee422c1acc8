import { Aggressor, ExchangeId, TradeKind } from "@ims/common";
import { v2 } from "@ims/sbe";

/** Trades of four symbols of one partition, as a venue's service stores them; the same ones for the same seed. */
export class TradeMarket {
  private state: number;
  private micros = 1_700_000_000_000_000;
  private readonly values = new v2.TradeValues();

  constructor(private readonly partitionId: number) {
    this.state = partitionId + 11;
  }

  next(): Uint8Array {
    const { values } = this;
    const symbol = this.below(4);
    this.micros += this.below(60_000);
    // Some come late, some are no regular prints.
    values.eventTimeNumber = this.micros - (this.below(10) === 0 ? this.below(1_500_000) : 0);
    values.sendTimeNumber = null;
    values.receiveTimeNumber = this.micros + 700;
    values.publishTimeNumber = this.micros + 750;
    values.instrumentId = symbol * 4 + this.partitionId;
    values.exchangeId = ExchangeId.BinanceSpot;
    values.symbolText = `S${symbol}P${this.partitionId}USDT`;
    values.priceScale = 2;
    values.quantityScale = 5;
    values.priceNumber = 1_000_000 + this.below(20_000);
    values.quantityNumber = 1 + this.below(3_000_000);
    values.aggressor = this.below(2) === 0 ? Aggressor.Buyer : Aggressor.Seller;
    values.kind = this.below(20) === 0 ? TradeKind.Block : TradeKind.Regular;
    const bytes = new Uint8Array(v2.TradeEncoder.ENCODED_LENGTH);
    v2.TradeEncoder.encode(new DataView(bytes.buffer), 0, values);
    return bytes;
  }

  private below(end: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % end;
  }
}
