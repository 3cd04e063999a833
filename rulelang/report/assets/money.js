// Amounts as text, and text as amounts; always whole minor units.
const makeMoney = ({ code, decimals }) => {
  const unit = 10n ** BigInt(decimals);

  const grouped = (units) => {
    const size = units < 0n ? -units : units;
    const major = String(size / unit).replace(/\B(?=(\d{3})+$)/g, ",");
    const minor = decimals ? `.${String(size % unit).padStart(decimals, "0")}` : "";
    return `${units < 0n ? "−" : ""}${major}${minor}`;
  };
  const show = (units) => `${code} ${grouped(units)}`;

  const SCALES = [["billion", 9], ["million", 6], ["thousand", 3]];
  const ENDINGS = { bn: 9, billion: 9, b: 9, m: 6, mn: 6, million: 6, k: 3, thousand: 3 };

  // the scale that suits amounts up to `top`, for charts
  const scaleFor = (top) => {
    const [name, power] = SCALES.find(([, exponent]) => top >= 2n * unit * 10n ** BigInt(exponent)) ?? ["", 0];
    const divisor = unit * 10n ** BigInt(power);
    const number = (units) => {
      const thousandth = (units * 1000000n) / divisor;
      return Number(thousandth) / 1e6;
    };
    return { name: name === "" ? code : `${code} ${name}`, number };
  };

  // "150,000,000.00", "EUR 150 million", "150m"; null if it is no amount above zero of this currency
  const parse = (text) => {
    const bare = text.trim().replace(new RegExp(`^${code}\\s*`, "i"), "").replace(/[\s_'’]/g, "").toLowerCase();
    const found = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?([a-z]*)$/.exec(bare);
    if (found === null || bare.length > 60) return null;
    const [, whole, part = "", ending] = found;
    const power = ending === "" ? 0 : ENDINGS[ending];
    if (power === undefined) return null;
    const places = decimals + power;
    const digits = part.replace(/0+$/, "");
    if (digits.length > places) return null;
    const units = BigInt(whole.replaceAll(",", "") + digits.padEnd(places, "0"));
    return units > 0n ? units : null;
  };

  // a part of a whole, in percent with two decimals, cut off
  const percent = (part, whole) => {
    if (whole === 0n) return "–";
    const hundredths = (part * 10000n) / whole;
    return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")} %`;
  };

  return { grouped, show, scaleFor, parse, percent };
};
