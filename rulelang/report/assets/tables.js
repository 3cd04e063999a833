// Tables that sort by their headings and filter by a word; amounts sort as whole numbers.
const makeTable = (table) => {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headings = [...table.tHead.rows[0].cells];
  let sorted = null;

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (!headings[column].dataset.kind) return cell.textContent.trim().toLocaleLowerCase("en");
    return cell.dataset.units === undefined || cell.dataset.units === "" ? null : BigInt(cell.dataset.units);
  };

  const compare = (one, other) => {
    if (one === null || other === null) return (one === null) - (other === null);
    if (typeof one === "bigint") return exact.sign(one - other);
    return one.localeCompare(other, "en", { numeric: true });
  };

  const order = () => {
    if (sorted === null) {
      body.append(...rows);
      return;
    }
    const { column, down } = sorted;
    const keyed = rows.map((row, place) => ({ row, place, value: valueOf(row, column) }));
    keyed.sort((a, b) => {
      const missing = (a.value === null) - (b.value === null);
      return missing || compare(a.value, b.value) * (down ? -1 : 1) || a.place - b.place;
    });
    body.append(...keyed.map(({ row }) => row));
  };

  const sortBy = (column) => {
    const first = Boolean(headings[column].dataset.kind); // amounts: the largest first
    if (sorted === null || sorted.column !== column) sorted = { column, down: first };
    else if (sorted.down === first) sorted = { column, down: !first };
    else sorted = null;
    headings.forEach((heading, place) => {
      if (sorted !== null && place === column) heading.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
    order();
  };

  const total = () => {
    for (const cell of table.querySelectorAll("tfoot [data-sum]")) {
      const column = Number(cell.dataset.sum);
      const amounts = rows.filter((row) => !row.hidden).map((row) => valueOf(row, column) ?? 0n);
      setAmount(cell, exact.sum(amounts));
    }
  };

  let setAmount = () => {};

  const filter = (words, count) => {
    const wanted = words.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLocaleLowerCase("en");
      row.hidden = !wanted.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = wanted.length ? `${shown} of ${rows.length} rows` : `${rows.length} rows`;
    total();
  };

  const addButtons = () => {
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sortBy(column));
      heading.append(button);
    });
  };

  const addFilter = () => {
    const bar = document.createElement("div");
    bar.className = "filter";
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("span");
    input.type = "search";
    input.id = `${table.id}-filter`;
    label.htmlFor = input.id;
    label.textContent = "Filter";
    count.setAttribute("role", "status");
    input.addEventListener("input", () => filter(input.value, count));
    bar.append(label, input, count);
    table.closest(".scroll").before(bar);
    filter("", count);
  };

  addButtons();
  return {
    rows,
    refresh(set) {
      setAmount = set;
      if (sorted !== null) order();
      total();
    },
    withFilter() {
      addFilter();
      return this;
    },
  };
};
