// A form is sent once, and says that it is being worked on; a filter is applied when it is chosen, or with Enter.
(function () {
  "use strict";
  document.querySelectorAll("form").forEach(function (form) {
    form.addEventListener("submit", function () {
      var button = form.querySelector("button[type=submit]");
      var told = form.querySelector("[role=status]");
      if (form.method !== "post" || !button) return;
      if (button.dataset.busy && told) told.textContent = button.dataset.busy;
      setTimeout(function () { button.disabled = true; }, 0);
    });
  });
  document.querySelectorAll("form.filters select").forEach(function (choice) {
    if (choice.form.method !== "get") return;
    // arrow keys pass choices by on the way to another: who types presses Enter, or the button
    var typed = false;
    choice.addEventListener("keydown", function (event) {
      typed = event.key !== "Enter";
      if (event.key !== "Enter") return;
      event.preventDefault();
      choice.form.requestSubmit();
    });
    choice.addEventListener("pointerdown", function () { typed = false; });
    choice.addEventListener("change", function () { if (!typed) choice.form.requestSubmit(); });
  });
  // replies appear while they are written; what cannot be read so is sent as a form is
  document.querySelectorAll("form.say").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (!window.fetch || !window.TextDecoder || !window.ReadableStream) return;
      event.preventDefault();
      talk(form).catch(function () { settle(form, "The reply was cut off: load this page again."); });
    });
  });
  function added(sides, kind, who) {
    var line = document.createElement(kind === "you" ? "p" : "div");
    var name = document.createElement("span"), text = document.createElement("bdi");
    line.className = kind;
    line.dir = "auto";
    name.className = kind === "you" ? "n" : "n who";
    name.textContent = who + " ";
    line.append(name, text);
    sides.append(line);
    return text;
  }
  async function talk(form) {
    var sides = document.querySelector(".sides"), models = JSON.parse(sides.dataset.models);
    var answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)),
      headers: {accept: "application/x-ndjson"}
    }).catch(function () { return null; });
    if (!answer || !answer.ok) {
      form.submit();
      return;
    }
    var said = added(sides, "you", "you"), rest = "", line;
    said.textContent = form.elements.text.value;
    var places = models.map(function (model, at) {
      return {model: model, text: added(sides, at ? "reply right" : "reply", model)};
    });
    var reader = answer.body.getReader(), letters = new TextDecoder();
    for (;;) {
      var part = await reader.read();
      if (part.done) break;
      var lines = (rest + letters.decode(part.value, {stream: true})).split("\n");
      rest = lines.pop();
      lines.forEach(function (text) {
        line = JSON.parse(text);
        places.forEach(function (place) {
          if (place.model === line.model) place.text.textContent = line.text;
        });
      });
    }
    if (line && line.problem === "") {
      location.assign(form.action + "?after=" + Date.now() + "#last");
      return;
    }
    document.querySelectorAll(".sides > :nth-last-child(-n+3)").forEach(function (piece) { piece.remove(); });
    settle(form, line && line.problem || "The viewer was stopped.");
  }
  function settle(form, problem) {
    form.querySelector("[role=status]").textContent = problem;
    form.querySelector("button[type=submit]").disabled = false;
  }
  // what the browser keeps of a page is as it was before it was sent
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = false; });
  });
})();
