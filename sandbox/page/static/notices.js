// What comes and goes: toasts, an alert that has to be closed, and a picture at its full size.

import { byId, element } from "./dom.js";

const TOAST_MS = 4000;

export function toast(text, { bad = false } = {}) {
  const node = element("p", { className: bad ? "toast bad" : "toast" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

export function alertWith(title, text) {
  byId("alert-title").textContent = title;
  byId("alert-text").textContent = text;
  const dialog = byId("alert");
  if (!dialog.open) dialog.showModal();
}

export function enlarge(picture) {
  const large = byId("viewer-picture");
  large.src = picture.src;
  large.alt = picture.alt;
  byId("viewer").showModal();
}

export function setUpViewer() {
  const viewer = byId("viewer");
  viewer.addEventListener("click", () => viewer.close());
}
