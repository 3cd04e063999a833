// three leading digits, so that the end of the scale is a round amount
const rounded = (units) => {
  const digits = String(units).length;
  if (digits <= 3) return units;
  const unit = 10n ** BigInt(digits - 3);
  return (units / unit) * unit;
};

// The slider has 1000 places, closer together where losses are small.  Every station (a loss at which the answer
// changes, and the event's own) has a place of its own, and a place further to the right is never a smaller loss.
const makeScale = (versions, eventLoss) => {
  const LAST = 1000;
  const named = [...versions.flatMap((each) => each.breakpoints.map((row) => row.loss)), String(eventLoss)];
  const every = [...new Set(named)].map(BigInt).sort((a, b) => exact.sign(a - b));
  const bounds = versions.map((each) => each.profile.top).filter((top) => top !== null).map(BigInt);
  const bound = bounds.length ? bounds.reduce(exact.least) : null;
  const top = bound ?? rounded((every[every.length - 1] * 5n) / 4n);
  const stations = every.filter((each) => each <= top);

  const reach = Number(top);
  const bend = Math.max(Number(stations[0]) / reach, 0.02);
  const placeOf = (loss) => (LAST * Math.log1p(Number(loss) / reach / bend)) / Math.log1p(1 / bend);

  // places for the stations, in order, each at least one behind the other
  const places = [];
  stations.forEach((station, number) => {
    const before = number ? places[number - 1] + 1 : 1;
    const behind = LAST - (stations.length - 1 - number);
    places.push(station === top ? LAST : Math.min(Math.max(Math.round(placeOf(station)), before), behind));
  });

  const losses = [];
  const fill = (from, to) => {
    const steps = BigInt(to.place - from.place);
    const gap = (to.loss - from.loss) / steps;
    const unit = 10n ** BigInt(Math.max(String(gap).length - 1, 0));
    for (let place = from.place + 1; place < to.place; place += 1) {
      const loss = from.loss + ((to.loss - from.loss) * BigInt(place - from.place)) / steps;
      const round = (loss / unit) * unit;
      losses[place] = round > losses[place - 1] ? round : loss;
    }
    losses[to.place] = to.loss;
  };
  losses[0] = 1n;
  let last = { place: 0, loss: 1n };
  const anchors = stations.map((loss, number) => ({ place: places[number], loss }));
  if (stations[stations.length - 1] !== top) anchors.push({ place: LAST, loss: top });
  for (const anchor of anchors) {
    fill(last, anchor);
    last = anchor;
  }

  const nearest = (loss) => {
    const station = stations.indexOf(loss);
    if (station >= 0) return places[station];
    const above = losses.findIndex((each) => each > loss);
    return above < 0 ? LAST : Math.max(above - 1, 0);
  };
  return { top, bound, stations, nearest, lossAt: (place) => losses[place] };
};
