// the state of a round that is not done
const NO_ROUND = "no further round";

// A run of the waterfall for any whole loss, from the profile: turn by turn, in whole minor units.
const makeRunner = (version, losses) => {
  const { profile, sides, turns } = version;
  const read = (text) => exact.line(text);
  const sharers = profile.sharers.map((one) => {
    const limits = one.limits.map(read);
    const fixed = limits.every((limit) => limit === null || limit.slope === null);
    const keys = one.keys.map(BigInt);
    const steady = fixed ? limits.map((limit) => exact.roundedAt(limit, 0n)) : null;
    return { ...one, keys, limits, steady, queue: fixed ? exact.fillingOrder(keys, steady) : null };
  });
  const states = profile.states.map((state) => ({
    ...state, capacity: read(state.capacity ?? null), bound: state.bound === undefined ? undefined : read(state.bound),
    limits: state.limits?.map(read),
  }));
  const pieces = profile.pieces.map((piece) => ({ ...piece, start: exact.fraction(piece.start) }));
  const weights = losses.map(BigInt);

  const limitsAt = (one, t) => one.steady ?? one.limits.map((limit) => exact.roundedAt(limit, t));

  // the limits of all payers that can be charged: those whose key is not zero
  const lent = (pays, t) => {
    if (pays.kind === "ranks") return pays.ranks.flatMap((rank) => lent(rank.pays, t));
    if (pays.kind === "lines") return [null];
    const one = sharers[pays.kind === "part" ? pays.pool.sharers : pays.sharers];
    if (one === undefined) return [null];
    const limits = limitsAt(one, t);
    const [from, to] = pays.kind === "part" ? [pays.start, pays.start + pays.count] : [0, limits.length];
    return limits.slice(from, to).filter((_, place) => one.keys[from + place] !== 0n);
  };

  const capacityAt = (state, t) => {
    const capacity = exact.roundedAt(state.capacity, t);
    const limits = lent(state.pays, t);
    return limits.includes(null) ? capacity : exact.least(capacity, exact.sum(limits));
  };

  const shareOut = (pays, draw, t) => {
    if (pays.kind === "lines") return byLines(pays, draw, t);
    if (pays.kind === "ranks") return byRanks(pays, draw, t);
    const one = sharers[pays.sharers];
    return exact.share(draw, one.keys, limitsAt(one, t), one.order, one.reallocates, one.queue);
  };

  // lines stand where keys move against each other: one payer alone, or everybody at the limit, or nobody
  const byLines = (pays, draw, t) => {
    const moving = pays.amounts.map((amount) => amount !== "0");
    if (moving.filter(Boolean).length === 1) return moving.map((one) => (one ? draw : 0n));
    return pays.amounts.map((amount) => exact.roundedAt(read(amount), t));
  };

  const byRanks = (pays, draw, t) => {
    const amounts = [];
    let left = draw;
    for (const rank of pays.ranks) {
      const limits = lent(rank.pays, t);
      let part = limits.includes(null) ? left : exact.least(left, exact.sum(limits));
      if (rank.pays.kind === "lines" && rank.pays.amounts.every((amount) => amount === "0")) part = 0n;
      shareOut(rank.pays, part, t).forEach((amount, index) => {
        amounts[rank.places[index]] = amount;
      });
      left -= part;
    }
    return amounts;
  };

  // each pays its own losses, up to its limit and to what all may pay together
  const defaulters = (turn, state, remaining, t) => {
    const before = exact.sum(turn.met.map((place) => remaining[place]));
    let left = exact.least(before, capacityAt(state, t));
    return state.payers.map((payer, index) => {
      const places = turn.own[payer] ?? [];
      const own = exact.sum(places.map((place) => remaining[place]));
      const paid = exact.least(exact.least(own, exact.roundedAt(state.limits[index], t)), left);
      reduce(remaining, places, paid);
      left -= paid;
      return paid;
    });
  };

  const reduce = (remaining, places, amount) => {
    const before = places.map((place) => remaining[place]);
    exact.split(amount, before, before).forEach((cut, index) => {
      remaining[places[index]] -= cut;
    });
  };

  // what each step of a group has to bear
  const divide = (group, members, open, before, t) => {
    const able = open.map((state, index) => ({ state, index })).filter(({ state }) => state.pays);
    if (group.pool) {
      const pool = able[0].state.pays.pool;
      const limits = able.flatMap(({ state }) => lent(state.pays, t));
      const draw = limits.includes(null) ? before : exact.least(before, exact.sum(limits));
      const units = shareOut(pool, draw, t);
      return new Map(able.map(({ state, index }) => {
        const { start, count } = state.pays;
        return [index, units.slice(start, start + count)];
      }));
    }
    const capacities = able.map(({ state }) => capacityAt(state, t));
    const draw = capacities.includes(null) ? before : exact.least(before, exact.sum(capacities));
    const keys = group.ratio.length ? able.map(({ index }) => exact.fraction(group.ratio[index])) : null;
    const scaled = keys === null ? capacities : keys.map((key) => {
      const scale = keys.reduce((product, other) => product * other.bottom, 1n);
      return (key.top * scale) / key.bottom;
    });
    const parts = exact.split(draw, scaled, capacities);
    return new Map(able.map(({ state, index }, place) => [index, shareOut(state.pays, parts[place], t)]));
  };

  const oneSide = (side, current, remaining, t, last) => {
    const members = side.turns.map((number) => turns[number]);
    const open = side.turns.map((number) => states[current[number]]);
    const met = members[0].met;
    const before = exact.sum(met.map((place) => remaining[place]));
    const idle = (state) => ({
      status: before === 0n ? "not reached" : state.status, before, after: before, drawn: 0n, capacity: null,
      payers: [], paid: [],
    });
    // a round is done again while loss remains and the last one drew something
    if (side.again && (before === 0n || last.drawn === 0n)) return [{ ...idle(open[0]), status: NO_ROUND }];
    // a unit that rounding leaves for a step, or a round, that the lines do not reach
    const unforeseen = before !== 0n && open.some((state) => state.status === "not reached" || state.status === NO_ROUND);
    if (before === 0n || !open.some((state) => state.pays)) return open.map((state) => ({ ...idle(state), unforeseen }));
    let paid;
    if (side.group !== null) {
      paid = divide(side.group, members, open, before, t);
    } else if (members[0].own !== null) {
      paid = new Map([[0, defaulters(members[0], open[0], remaining, t)]]);
    } else {
      // without reallocation the loss is shared, not what the step can pay
      const bound = open[0].bound === undefined ? capacityAt(open[0], t) : exact.roundedAt(open[0].bound, t);
      const draw = exact.least(before, bound);
      paid = new Map([[0, shareOut(open[0].pays, draw, t)]]);
    }
    const drawn = exact.sum([...paid.values()].map(exact.sum));
    if (members[0].own === null) reduce(remaining, met, drawn);
    return open.map((state, index) => {
      if (!paid.has(index)) return { ...idle(state), after: before - drawn };
      const amounts = paid.get(index);
      return {
        status: state.status, before, after: before - drawn, drawn: exact.sum(amounts),
        capacity: capacityAt(state, t), payers: state.payers, paid: amounts,
      };
    });
  };

  const pieceAt = (t) => {
    const spot = profile.spots[String(t)];
    if (spot !== undefined) return spot;
    let found = pieces[0];
    for (const piece of pieces) {
      if (piece.start.top > t * piece.start.bottom) break;
      found = piece;
    }
    return found;
  };

  // what a run at the loss t gives
  return (t) => {
    const piece = pieceAt(t);
    const remaining = exact.split(t, weights, weights.map(() => null));
    const results = [];
    let foreseen = true;
    for (const side of sides) {
      results.push(...oneSide(side, piece.turns, remaining, t, results.at(-1)));
      const last = results.at(-1);
      if (side.more && last.drawn !== 0n && last.after !== 0n) foreseen = false; // a run would go on
    }
    const certain = foreseen && piece.exact && !results.some((turn) => turn.unforeseen);
    return { loss: t, turns: results, uncovered: exact.sum(remaining), exact: certain };
  };
};

// the run of the event itself, as the interpreter gave it
const givenRun = (version, loss) => ({
  loss: BigInt(loss),
  uncovered: BigInt(version.run.uncovered),
  exact: true,
  turns: version.run.turns.map((turn) => ({
    status: turn.status,
    before: BigInt(turn.before),
    after: BigInt(turn.after),
    drawn: BigInt(turn.drawn),
    capacity: turn.capacity === null ? null : BigInt(turn.capacity),
    payers: turn.paid.map(([payer]) => payer),
    paid: turn.paid.map(([, amount]) => BigInt(amount)),
  })),
});

// what each payer pays in all, in the order of the page's payers
const totalsOf = (result, count) => {
  const totals = Array(count).fill(0n);
  for (const turn of result.turns) {
    turn.payers.forEach((payer, index) => {
      totals[payer] += turn.paid[index];
    });
  }
  return totals;
};
