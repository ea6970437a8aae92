/** Most that an exponent is taken for; a longer one decides the result by its sign alone. */
const EXPONENT_BOUND: i64 = 1 << 40;

/** A number's text taken apart; digits are counted over the whole and the fractional part together. */
class Decimal {
  negative: bool = false;
  /** Address of the first digit, and behind the last one (the point may lie between). */
  digits: usize = 0;
  digitsEnd: usize = 0;
  /** Digits before the point. */
  whole: i64 = 0;
  exponent: i64 = 0;

  read(pointer: usize, limit: usize): void {
    this.negative = pointer < limit && load<u8>(pointer) == 0x2d;
    if (this.negative) pointer += 1;
    this.digits = pointer;
    while (pointer < limit && ((load<u8>(pointer) - 0x30) as u8) < 10) pointer += 1;
    this.whole = (pointer - this.digits) as i64;
    while (pointer < limit && (load<u8>(pointer) | 0x20) != 0x65) pointer += 1;
    this.digitsEnd = pointer;
    this.exponent = 0;
    if (pointer < limit) this.readExponent(pointer + 1, limit);
  }

  private readExponent(pointer: usize, limit: usize): void {
    if (pointer >= limit) return;
    const sign = load<u8>(pointer);
    if (sign == 0x2b || sign == 0x2d) pointer += 1;
    let value: i64 = 0;
    for (; pointer < limit; pointer += 1) {
      value = min(value * 10 + ((load<u8>(pointer) - 0x30) as i64), EXPONENT_BOUND);
    }
    this.exponent = sign == 0x2d ? -value : value;
  }
}

/** Reused: a reading ends before the next one begins. */
const decimal: Decimal = new Decimal();

/** A valid JSON number as an integer: the fraction is cut, the result is clamped to the range of i64. */
export function readInteger(pointer: usize, length: i32): i64 {
  decimal.read(pointer, pointer + length);
  const negative = decimal.negative;
  const largest: u64 = negative ? 0x8000000000000000 : 0x7fffffffffffffff;
  // Digits that stay before the point once the exponent has moved it.
  let places = decimal.whole + decimal.exponent;
  let value: u64 = 0;
  let cursor = decimal.digits;
  for (; places > 0; places -= 1) {
    if (cursor < decimal.digitsEnd && load<u8>(cursor) == 0x2e) cursor += 1;
    let digit: u64 = 0;
    if (cursor < decimal.digitsEnd) {
      digit = (load<u8>(cursor) - 0x30) as u64;
      cursor += 1;
    } else if (value == 0) {
      break;
    }
    if (value > (largest - digit) / 10) {
      value = largest;
      break;
    }
    value = value * 10 + digit;
  }
  return negative ? ((0 - value) as i64) : (value as i64);
}

/**
 * A valid JSON number as a double: exact for up to 15 digits and powers of ten up to 22, else near (a few units in the last place).
 * Too large a number is clamped to the largest double, so that the result is always finite.
 */
export function readFloat(pointer: usize, length: i32): f64 {
  decimal.read(pointer, pointer + length);
  let mantissa: u64 = 0;
  let kept: i64 = 0;
  let position: i64 = 0;
  // Places by which the kept digits must be moved left, not counting the exponent.
  let scale: i64 = 0;
  for (let cursor = decimal.digits; cursor < decimal.digitsEnd; cursor += 1) {
    const byte = load<u8>(cursor);
    if (byte == 0x2e) continue;
    position += 1;
    if (kept < 19) {
      mantissa = mantissa * 10 + ((byte - 0x30) as u64);
      if (mantissa != 0) kept += 1;
      scale = decimal.whole - position;
    }
  }
  const value = scaleByTen(mantissa as f64, scale + decimal.exponent);
  return decimal.negative ? -value : value;
}

/** `value` times ten to the power of `exponent`, clamped to the largest double. */
function scaleByTen(value: f64, exponent: i64): f64 {
  if (value == 0) return value;
  if (exponent > 400) return f64.MAX_VALUE;
  if (exponent < -400) return 0;
  let left = (exponent < 0 ? -exponent : exponent) as i32;
  // Steps of at most 10^22, which doubles hold exactly.
  while (left > 0 && isFinite(value)) {
    const step = min(left, 22);
    let power: f64 = 1;
    for (let index = 0; index < step; index++) power *= 10;
    value = exponent < 0 ? value / power : value * power;
    left -= step;
  }
  return isFinite(value) ? value : f64.MAX_VALUE;
}
