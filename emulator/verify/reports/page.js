"use strict";
{
  const search = document.querySelector("form input[type=search]");
  const every = [...document.querySelectorAll("[data-standing]")];
  const shelves = [...document.querySelectorAll("[data-shelf]")];
  const isSeen = (element) => getComputedStyle(element).display !== "none";
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/);
    for (const each of every) {
      const text = each.textContent.toLowerCase();
      each.hidden = !words.every((word) => text.includes(word));
    }
    for (const shelf of shelves) {
      shelf.hidden = false;
      shelf.hidden = ![...shelf.querySelectorAll("[data-standing]")].some(isSeen);
    }
  };
  search.hidden = false;
  search.value = new URLSearchParams(location.hash.slice(1)).get("find") ?? "";
  document.querySelector("form").addEventListener("input", show);
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  show();
}
