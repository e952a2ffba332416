// Decimal text as whole numbers of the smallest unit, so that nothing is rounded on the way.
const DECIMALS = 8;

export function parse(text) {
  const parts = /^(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  if (parts === null) throw new RangeError(`'${text}' is no price`);
  return BigInt(parts[1] + (parts[2] ?? '').padEnd(DECIMALS, '0'));
}

export function format(amount) {
  const digits = amount.toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return digits.slice(0, -DECIMALS) + (fraction === '' ? '' : '.' + fraction);
}
