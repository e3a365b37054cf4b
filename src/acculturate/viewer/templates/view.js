// A form is sent once, and says that it is being worked on; a filter is applied when it is changed.
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
    choice.addEventListener("change", function () { choice.form.requestSubmit(); });
  });
  // what the browser keeps of a page is as it was before it was sent
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = false; });
  });
})();
