"use strict";
const articles = [...document.querySelectorAll("article")];
const nameField = document.getElementById("name");
const key = "acculturate " + articles.map((article) => article.dataset.dialogue).join(" ");

function read() {
  return articles.map((article) => {
    const row = { ...article.dataset, comment: article.querySelector("textarea").value };
    for (const field of article.querySelectorAll("fieldset")) {
      row[field.dataset.question] = field.querySelector("input:checked")?.value ?? "";
    }
    return row;
  });
}

function restore() {
  const kept = JSON.parse(localStorage.getItem(key) || "null");
  if (!kept) return;
  nameField.value = kept.name;
  kept.rows.forEach((row, place) => {
    articles[place].querySelector("textarea").value = row.comment;
    for (const field of articles[place].querySelectorAll("fieldset")) {
      const value = row[field.dataset.question];
      if (value) field.querySelector('input[value="' + value + '"]').checked = true;
    }
  });
}

function count() {
  const rows = read();
  const done = rows.filter((row) => row.quality && row.fit && row.review).length;
  document.getElementById("done").textContent = done + " of " + rows.length + " answered in full";
  return rows;
}

function keep() {
  const rows = count();
  try {
    localStorage.setItem(key, JSON.stringify({ name: nameField.value, rows }));
  } catch { /* a browser that keeps nothing still saves the file */ }
}

function save() {
  const columns = ["adaptation", "dialogue", "culture", "quality", "fit", "review", "comment"];
  // what nobody can tell is no verdict
  const cell = (text) => '"' + (text === "unsure" ? "" : text.replaceAll('"', '""')) + '"';
  const lines = read().map((row) => columns.map((name) => cell(row[name])).join(","));
  const csv = [columns.join(","), ...lines].join("\r\n") + "\r\n";
  const link = document.createElement("a");
  const who = nameField.value.trim().replace(/[^\p{L}\p{N}._-]+/gu, "-") || "nameless";
  link.download = who + ".csv";
  link.href = URL.createObjectURL(new Blob(["\ufeff" + csv], { type: "text/csv;charset=utf-8" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

try { restore(); } catch { /* nothing was kept, or of another sheet */ }
count();
document.addEventListener("input", keep);
document.getElementById("save").addEventListener("click", save);
