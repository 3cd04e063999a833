// Amounts come as decimal texts; they are added up as whole minor units and never as floating point.
export const units = (text, decimals) => {
  if (text.includes("/")) {
    const [above, below] = text.split("/").map(BigInt); // an exact place between two units
    return (above * 10n ** BigInt(decimals)) / below;
  }
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(decimals, "0").slice(0, decimals));
};

export const grouped = (text) => {
  const [whole, part] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`);
};

export const shown = (amount, decimals) => {
  const digits = amount.toString().padStart(decimals + 1, "0");
  return grouped(decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits);
};

const SCALES = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1e3, "thousand"]];

// An axis says 50 million where an amount would say all its digits.
export const rough = (value) => {
  const [size, word] = SCALES.find(([each]) => Math.abs(value) >= each) ?? [1, ""];
  return `${Number((value / size).toPrecision(3)).toLocaleString("en")} ${word}`.trim();
};

// Round places for the marks of an axis.
export function marks(top, most) {
  const rough = top / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, number) => number * step);
}
