// Who looks at the page: in a private chat each person has their own, in a group all have the same.

import { chatId } from "./api.js";
import { byId, element } from "./dom.js";

/** Offer to be somebody else, where Telegram knows more than one. */
export function showPeople(chat) {
  const select = byId("person");
  const shown = JSON.stringify(chat.people);
  if (select.dataset.shown === shown) return;
  select.dataset.shown = shown;
  select.replaceChildren(...chat.people.map(({ id, first_name: name }) => element("option", { value: id }, name)));
  select.value = chat.person_id;
  byId("me").hidden = chat.people.length < 2;
}

/** Open the chosen person's chat. */
export function setUpPeople() {
  byId("person").addEventListener("change", (event) => {
    const person = event.target.value;
    location.search = chatId < 0 ? `?chat=${chatId}&as=${person}` : `?chat=${person}`;
  });
}
