// Puts what the page made into place, and tells the page which of its buttons was
// pressed. The markup, with every delivered word escaped, is made in dashboards/viewer.
const WIDE = 640;

function put(place, markup) {
    const before = place.querySelector(".flowsheet-scroll");
    const opened = [...place.querySelectorAll("details")].map((each) => each.open);
    const [left, top] = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
    place.innerHTML = markup;
    const now = place.querySelector(".flowsheet-scroll");
    if (before && now) {
        now.scrollLeft = left;
        now.scrollTop = top;
    } else if (now && now.dataset.begins === "right") {
        now.scrollLeft = now.scrollWidth;
    }
    const details = [...place.querySelectorAll("details")];
    details.forEach((each, number) => {
        if (opened.length === details.length) each.open = opened[number];
        else if (each.hasAttribute("data-opens-when-wide"))
            each.open = opened.length ? opened[0] : window.innerWidth > WIDE;
    });
}

export default function (component) {
    const { data, parentElement, setTriggerValue } = component;
    let place = parentElement.querySelector(".flowsheet-place");
    if (!place) {
        place = document.createElement("div");
        place.className = "flowsheet-place";
        parentElement.appendChild(place);
    }
    if (place.dataset.made !== data.made) {
        put(place, data.markup);
        place.dataset.made = data.made;
    }
    for (const each of place.querySelectorAll("button[data-tells=chosen]")) {
        each.setAttribute("aria-pressed", String(each.dataset.value === data.chosen));
    }
    place.onclick = (event) => {
        const pressed = event.target.closest("button[data-tells]");
        if (pressed) setTriggerValue(pressed.dataset.tells, pressed.dataset.value);
    };
}
