// Runs before the first paint, so that a dark screen never flashes white. The key is that of shared/theme.ts.
const chosen = localStorage.getItem("milo.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
