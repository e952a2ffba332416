// The median of what several markets say, and the band around it that an order may be filled in.
//
//   nsl test .
//   nsl function deploy price-band --dir .
//   nsl function run price-band --input '{"pair": "NEO-USD", "prices": ["12.10", "12.30", "99"]}'
import bands from './bands.json' with { type: 'json' };
import { format, parse } from './lib/amount.js';
import { median } from './lib/median.js';

export default {
  main({ pair, prices }) {
    const percent = BigInt(bands[pair] ?? bands.other);
    const price = median(prices.map(parse));
    return {
      pair,
      price: format(price),
      low: format((price * (100n - percent)) / 100n),
      high: format((price * (100n + percent)) / 100n),
    };
  },
};
