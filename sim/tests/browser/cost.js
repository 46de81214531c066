// Measures what a step costs, from the click to the finished layout.

const next = document.querySelectorAll("#transport .key")[3];
const total = Number(document.querySelector(".scrubber").getAttribute("aria-valuemax"));
const costs = [];
for (let step = 1; step < total; step += 1) {
  const began = performance.now();
  next.click();
  document.body.getBoundingClientRect();
  costs.push(performance.now() - began);
}
costs.sort((one, other) => one - other);
const report = document.createElement("pre");
report.id = "cost";
report.textContent = JSON.stringify({
  steps: costs.length,
  fastest_tenth: costs[Math.floor(costs.length / 10)],
  median: costs[Math.floor(costs.length / 2)],
  longest: costs.at(-1),
});
document.body.append(report);
