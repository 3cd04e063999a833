// Exact numbers and apportionment: what rulelang/base/apportion.py does, in whole minor units.
const exact = (() => {
  const floorDivide = (top, bottom) => {
    const quotient = top / bottom;
    return top % bottom < 0n ? quotient - 1n : quotient;
  };

  const fraction = (text) => {
    const [top, bottom] = text.split("/");
    return { top: BigInt(top), bottom: bottom === undefined ? 1n : BigInt(bottom) };
  };

  // "base|slope", exact; a value without a slope does not move
  const line = (text) => {
    if (text === null) return null;
    const [base, slope] = text.split("|");
    return { base: fraction(base), slope: slope === undefined ? null : fraction(slope) };
  };

  // the value of a line at t, rounded down to the minor unit
  const roundedAt = (each, t) => {
    if (each === null) return null;
    const { base, slope } = each;
    if (slope === null) return floorDivide(base.top, base.bottom);
    return floorDivide(base.top * slope.bottom + slope.top * t * base.bottom, base.bottom * slope.bottom);
  };

  const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0n);
  const least = (one, other) => (one === null || (other !== null && other < one) ? other : one);
  const sign = (value) => (value > 0n) - (value < 0n);

  // the places of the payers that have a limit, the first to be full first
  const fillingOrder = (keys, limits) => {
    const bounded = [];
    keys.forEach((key, place) => {
      if (key !== 0n && limits[place] !== null) bounded.push(place);
    });
    return bounded.sort((a, b) => sign(limits[a] * keys[b] - limits[b] * keys[a]));
  };

  // who is full when an amount is shared by water-filling, and what is left for the others
  const saturated = (amount, keys, limits, order) => {
    let rest = amount;
    let weight = sum(keys);
    const full = new Set();
    for (const place of order) {
      if (rest * keys[place] <= limits[place] * weight) break;
      full.add(place);
      rest -= limits[place];
      weight -= keys[place];
    }
    return { full, rest, weight };
  };

  // Shares in whole minor units by largest remainder; `ties` gives the place of each payer in the order of ids.
  const share = (amount, keys, limits, ties, reallocates = true, order = null) => {
    const total = sum(keys);
    if (amount === 0n || total === 0n) return keys.map(() => 0n);
    let found = { full: new Set(), rest: amount, weight: total };
    if (reallocates) {
      found = saturated(amount, keys, limits, order ?? fillingOrder(keys, limits));
    } else {
      limits.forEach((limit, place) => {
        if (limit !== null && amount * keys[place] >= limit * total) found.full.add(place);
      });
    }
    const denominator = found.weight || 1n;
    const parts = [];
    const units = keys.map((key, place) => {
      if (found.full.has(place)) {
        parts.push(0n);
        return key === 0n ? 0n : limits[place];
      }
      const product = found.rest * key;
      parts.push(product % denominator);
      return product / denominator;
    });
    const left = Number(sum(parts) / denominator);
    if (left > 0) {
      const places = units.map((_, place) => place);
      places.sort((a, b) => sign(parts[b] - parts[a]) || ties[a] - ties[b]);
      for (const place of places.slice(0, left)) units[place] += 1n;
    }
    return units;
  };

  // ties to the one written first
  const split = (amount, keys, limits) => share(amount, keys, limits, keys.map((_, place) => place));

  return { fraction, line, roundedAt, fillingOrder, share, split, sum, least, sign };
})();
