// Search and sort for the table of items; without it the table reads as it stands.
(function () {
  "use strict";
  var table = document.getElementById("item-rows");
  if (!table) return;
  var body = table.tBodies[0], rows = Array.prototype.slice.call(body.rows);
  var tools = document.querySelector("#questions .tools"), told = tools.querySelector("[role=status]");
  var field = document.getElementById("find-question");
  var fixed = table.tHead.querySelector(".fixed").cellIndex;
  var texts = rows.map(function (row) {
    return Array.prototype.slice.call(row.cells, 0, fixed).map(function (cell) {
      return cell.textContent;
    }).join(" ").toLowerCase();
  });
  tools.hidden = false;
  field.addEventListener("input", function () {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row, at) {
      row.hidden = !words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      if (!row.hidden) shown += 1;
    });
    told.textContent = words.length ? shown + " of " + rows.length : "";
  });
  function value(row, column) {
    var text = row.cells[column].textContent.trim();
    var number = parseFloat(text.replace("\u2212", "-"));
    return row.cells[column].classList.contains("num") ? (isNaN(number) ? -Infinity : number) : text;
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    if (head.classList.contains("fixed")) return;
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") !== "descending";
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
        other.removeAttribute("aria-sort");
      });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.slice().sort(function (one, other) {
        var a = value(one, column), b = value(other, column);
        var order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
        return down ? -order : order;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
})();
