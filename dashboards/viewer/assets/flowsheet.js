// Puts the table that the page made into place, and tells the page which cell was
// chosen. The table is made, and every word in it escaped, in dashboards/viewer.
export default function (component) {
    const { data, parentElement, setStateValue } = component;
    let place = parentElement.querySelector(".flowsheet-place");
    if (!place) {
        place = document.createElement("div");
        place.className = "flowsheet-place";
        parentElement.appendChild(place);
    }
    if (place.dataset.made !== data.made) {
        const before = place.querySelector(".flowsheet-scroll");
        const [left, top] = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
        place.innerHTML = data.table;
        place.dataset.made = data.made;
        const now = place.querySelector(".flowsheet-scroll");
        if (before && now) {
            now.scrollLeft = left;
            now.scrollTop = top;
        }
    }
    for (const cell of place.querySelectorAll("button[data-result]")) {
        const isChosen = cell.dataset.result === data.chosen;
        cell.setAttribute("aria-pressed", isChosen ? "true" : "false");
    }
    place.onclick = (event) => {
        const cell = event.target.closest("button[data-result]");
        if (cell) setStateValue("chosen", cell.dataset.result);
    };
}
