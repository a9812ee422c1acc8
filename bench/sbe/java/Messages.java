/** The messages by name. */
final class Messages {
  private Messages() {}

  static Message of(String name) {
    return switch (name) {
      case "TradeBar" -> new TradeBar();
      case "Trade" -> new Trade();
      case "Bar" -> new Bar();
      case "BookDelta" -> new BookDelta();
      case "Car" -> new Car();
      default -> throw new IllegalArgumentException("no message " + name);
    };
  }
}

/** The trade of version 1. */
final class TradeBar extends Message {
  private static final byte[] SYMBOL = padded("BTCUSDT", 20);
  private final ims.MessageHeaderEncoder headerEncoder = new ims.MessageHeaderEncoder();
  private final ims.MessageHeaderDecoder headerDecoder = new ims.MessageHeaderDecoder();
  private final ims.TradeBarEncoder encoder = new ims.TradeBarEncoder();
  private final ims.TradeBarDecoder decoder = new ims.TradeBarDecoder();

  TradeBar() {
    super(ims.MessageHeaderEncoder.ENCODED_LENGTH + ims.TradeBarEncoder.BLOCK_LENGTH);
  }

  @Override
  void encode(int index) {
    encoder
        .wrapAndApplyHeader(buffer, index * frame, headerEncoder)
        .messageType(ims.MessageType.TradeBar)
        .putSymbolID(SYMBOL, 0)
        .dateTime(TIME + index);
    encoder.price().num(words(index, 1439)).scale((short) 8);
    encoder.volume().num(words(index, 1)).scale((short) 8);
  }

  @Override
  long decode(int index) {
    decoder.wrapAndApplyHeader(buffer, index * frame, headerDecoder);
    decoder.getSymbolID(nameOctets(), 0);
    ims.DecimalPriceDecoder price = decoder.price();
    ims.DecimalVolumeDecoder volume = decoder.volume();
    return decoder.messageTypeRaw()
        + textLength()
        + decoder.dateTime()
        + price.num()
        + price.scale()
        + volume.num()
        + volume.scale();
  }
}

final class Trade extends Message {
  private static final byte[] SYMBOL = padded("BTCUSDT", 32);
  private static final long ID = 3_712_345_678L;
  private final ims.MessageHeaderEncoder headerEncoder = new ims.MessageHeaderEncoder();
  private final ims.MessageHeaderDecoder headerDecoder = new ims.MessageHeaderDecoder();
  private final ims.TradeEncoder encoder = new ims.TradeEncoder();
  private final ims.TradeDecoder decoder = new ims.TradeDecoder();

  Trade() {
    super(ims.MessageHeaderEncoder.ENCODED_LENGTH + ims.TradeEncoder.BLOCK_LENGTH);
  }

  @Override
  void encode(int index) {
    encoder
        .wrapAndApplyHeader(buffer, index * frame, headerEncoder)
        .eventTime(TIME + index)
        .sendTime(TIME + 100 + index)
        .receiveTime(TIME + 200 + index)
        .publishTime(TIME + 300 + index)
        .instrumentId(7)
        .exchangeId((short) 4)
        .priceScale((short) 8)
        .quantityScale((short) 8)
        .putSymbol(SYMBOL, 0)
        .tradeId(ID + index)
        .price(words(index, 1439))
        .quantity(words(index, 1))
        .firstTradeId(ID + index)
        .lastTradeId(ID + index)
        .aggressor(ims.AggressorSide.Buyer)
        .kind(ims.TradeKind.AutoDeleveraging);
    encoder.flags().clear().lastInEvent(true);
  }

  @Override
  long decode(int index) {
    ims.TradeDecoder trade = decoder.wrapAndApplyHeader(buffer, index * frame, headerDecoder);
    trade.getSymbol(nameOctets(), 0);
    return trade.eventTime()
        + trade.sendTime()
        + trade.receiveTime()
        + trade.publishTime()
        + trade.instrumentId()
        + trade.exchangeId()
        + trade.priceScale()
        + trade.quantityScale()
        + trade.flags().getRaw()
        + textLength()
        + trade.tradeId()
        + trade.price()
        + trade.quantity()
        + trade.firstTradeId()
        + trade.lastTradeId()
        + trade.aggressorRaw()
        + trade.kindRaw();
  }
}

final class Bar extends Message {
  private static final byte[] SYMBOL = padded("BTCUSDT", 32);
  private final ims.MessageHeaderEncoder headerEncoder = new ims.MessageHeaderEncoder();
  private final ims.MessageHeaderDecoder headerDecoder = new ims.MessageHeaderDecoder();
  private final ims.BarEncoder encoder = new ims.BarEncoder();
  private final ims.BarDecoder decoder = new ims.BarDecoder();

  Bar() {
    super(ims.MessageHeaderEncoder.ENCODED_LENGTH + ims.BarEncoder.BLOCK_LENGTH);
  }

  @Override
  void encode(int index) {
    encoder
        .wrapAndApplyHeader(buffer, index * frame, headerEncoder)
        .eventTime(TIME + index)
        .sendTime(TIME + 100 + index)
        .receiveTime(TIME + 200 + index)
        .publishTime(TIME + 300 + index)
        .instrumentId(7)
        .exchangeId((short) 4)
        .priceScale((short) 8)
        .quantityScale((short) 8)
        .putSymbol(SYMBOL, 0)
        .openTime(TIME + index)
        .closeTime(TIME + 59_999_999 + index)
        .open(words(index, 1439))
        .high(words(index, 1440))
        .low(words(index, 1441))
        .close(words(index, 1442))
        .volume(words(index, 1443))
        .quoteVolume(words(index, 1444));
    encoder.flags().clear().lastInEvent(true);
  }

  @Override
  long decode(int index) {
    ims.BarDecoder bar = decoder.wrapAndApplyHeader(buffer, index * frame, headerDecoder);
    bar.getSymbol(nameOctets(), 0);
    return bar.eventTime()
        + bar.sendTime()
        + bar.receiveTime()
        + bar.publishTime()
        + bar.instrumentId()
        + bar.exchangeId()
        + bar.priceScale()
        + bar.quantityScale()
        + bar.flags().getRaw()
        + textLength()
        + bar.openTime()
        + bar.closeTime()
        + bar.open()
        + bar.high()
        + bar.low()
        + bar.close()
        + bar.volume()
        + bar.quoteVolume();
  }
}

final class BookDelta extends Message {
  private static final int LEVELS = 10;
  private final bench.MessageHeaderEncoder headerEncoder = new bench.MessageHeaderEncoder();
  private final bench.MessageHeaderDecoder headerDecoder = new bench.MessageHeaderDecoder();
  private final bench.BookDeltaEncoder encoder = new bench.BookDeltaEncoder();
  private final bench.BookDeltaDecoder decoder = new bench.BookDeltaDecoder();

  BookDelta() {
    super(8 + 40 + 2 * (4 + LEVELS * 16));
  }

  @Override
  void encode(int index) {
    encoder
        .wrapAndApplyHeader(buffer, index * frame, headerEncoder)
        .eventTime(TIME + index)
        .receiveTime(TIME + 200 + index)
        .firstUpdateId(9_712_345_678L + index)
        .lastUpdateId(9_712_345_698L + index)
        .instrumentId(7)
        .priceScale((short) 8)
        .quantityScale((short) 8)
        .flags(2);
    bench.BookDeltaEncoder.BidsEncoder bids = encoder.bidsCount(LEVELS);
    for (int level = 0; level < LEVELS; level++) {
      bids.next().price(words(index + level, 1439)).quantity(words(level, 1));
    }
    bench.BookDeltaEncoder.AsksEncoder asks = encoder.asksCount(LEVELS);
    for (int level = 0; level < LEVELS; level++) {
      asks.next().price(words(index + level, 1440)).quantity(words(level, 1));
    }
  }

  @Override
  long decode(int index) {
    bench.BookDeltaDecoder delta = decoder.wrapAndApplyHeader(buffer, index * frame, headerDecoder);
    long total =
        delta.eventTime()
            + delta.receiveTime()
            + delta.firstUpdateId()
            + delta.lastUpdateId()
            + delta.instrumentId()
            + delta.priceScale()
            + delta.quantityScale()
            + delta.flags();
    bench.BookDeltaDecoder.BidsDecoder bids = delta.bids();
    while (bids.hasNext()) {
      bids.next();
      total += bids.price() + bids.quantity();
    }
    bench.BookDeltaDecoder.AsksDecoder asks = delta.asks();
    while (asks.hasNext()) {
      asks.next();
      total += asks.price() + asks.quantity();
    }
    return total;
  }
}

/** The example of the reference tool. */
final class Car extends Message {
  private static final int[] SPEEDS = {30, 55, 75};
  private static final float[] MPGS = {35.9f, 49, 40};
  private static final String[] USAGES = {"Urban Cycle", "Combined Cycle", "Highway Cycle"};
  private static final short[] OCTANES = {95, 99};
  private static final int[] MPHS = {30, 60, 100};
  private static final float[] SECONDS = {4, 7.5f, 12.2f};
  private final bench.MessageHeaderEncoder headerEncoder = new bench.MessageHeaderEncoder();
  private final bench.MessageHeaderDecoder headerDecoder = new bench.MessageHeaderDecoder();
  private final bench.CarEncoder encoder = new bench.CarEncoder();
  private final bench.CarDecoder decoder = new bench.CarDecoder();

  Car() {
    super(512);
  }

  @Override
  void encode(int index) {
    bench.CarEncoder car =
        encoder
            .wrapAndApplyHeader(buffer, index * frame, headerEncoder)
            .serialNumber(index)
            .modelYear(2013)
            .available(bench.BooleanType.T)
            .code(bench.Model.A);
    for (int at = 0; at < 4; at++) car.someNumbers(at, at + 1);
    car.vehicleCode("abcdef");
    car.extras().clear().sportsPack(true).cruiseControl(true);
    car.engine().capacity(2000).numCylinders((short) 4).manufacturerCode("123");
    bench.CarEncoder.FuelFiguresEncoder fuel = car.fuelFiguresCount(SPEEDS.length);
    for (int at = 0; at < SPEEDS.length; at++) {
      fuel.next().speed(SPEEDS[at]).mpg(MPGS[at]).usageDescription(USAGES[at]);
    }
    bench.CarEncoder.PerformanceFiguresEncoder performance = car.performanceFiguresCount(OCTANES.length);
    for (short octane : OCTANES) {
      bench.CarEncoder.PerformanceFiguresEncoder.AccelerationEncoder entries =
          performance.next().octaneRating(octane).accelerationCount(MPHS.length);
      for (int at = 0; at < MPHS.length; at++) entries.next().mph(MPHS[at]).seconds(SECONDS[at]);
    }
    car.manufacturer("Honda").model("Civic VTi");
  }

  @Override
  long decode(int index) {
    bench.CarDecoder car = decoder.wrapAndApplyHeader(buffer, index * frame, headerDecoder);
    double total =
        car.serialNumber() + car.modelYear() + car.availableRaw() + car.codeRaw() + car.extras().getRaw();
    for (int at = 0; at < 4; at++) total += car.someNumbers(at);
    bench.EngineDecoder engine = car.engine();
    total +=
        engine.capacity()
            + engine.numCylinders()
            + engine.manufacturerCode().length()
            + car.vehicleCode().length();
    bench.CarDecoder.FuelFiguresDecoder fuel = car.fuelFigures();
    while (fuel.hasNext()) {
      fuel.next();
      total += fuel.speed() + fuel.mpg() + fuel.usageDescription().length();
    }
    bench.CarDecoder.PerformanceFiguresDecoder performance = car.performanceFigures();
    while (performance.hasNext()) {
      performance.next();
      total += performance.octaneRating();
      bench.CarDecoder.PerformanceFiguresDecoder.AccelerationDecoder acceleration = performance.acceleration();
      while (acceleration.hasNext()) {
        acceleration.next();
        total += acceleration.mph() + acceleration.seconds();
      }
    }
    return (long) (total + car.manufacturer().length() + car.model().length());
  }
}
