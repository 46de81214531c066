// Measures what a step costs: the time from the click to the finished layout, and how much of the page is touched.

const next = document.querySelectorAll("#transport .key")[3];
const total = Number(document.querySelector(".scrubber").getAttribute("aria-valuemax"));
const costs = [];
const touched = [];
const elements = document.querySelectorAll("*").length;
const observer = new MutationObserver(() => {});
observer.observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });

function nodes(record) {
  return record.type === "childList" ? record.addedNodes.length + record.removedNodes.length : 1;
}

for (let step = 1; step < total; step += 1) {
  const began = performance.now();
  next.click();
  document.body.getBoundingClientRect();
  costs.push(performance.now() - began);
  touched.push(observer.takeRecords().reduce((sum, record) => sum + nodes(record), 0));
}
costs.sort((one, other) => one - other);
touched.sort((one, other) => one - other);
const report = document.createElement("pre");
report.id = "cost";
report.textContent = JSON.stringify({
  steps: costs.length,
  fastest_tenth: costs[Math.floor(costs.length / 10)],
  median: costs[Math.floor(costs.length / 2)],
  longest: costs.at(-1),
  elements,
  touched_median: touched[Math.floor(touched.length / 2)],
  touched_most: touched.at(-1),
});
document.body.append(report);
