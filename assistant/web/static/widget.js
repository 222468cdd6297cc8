// Puts the assistant into another site's page:
//   <script src="https://assistant.example/static/widget.js" data-language="en" data-height="640" async></script>
// The frame stands where the script stands. The operator lists the sites that may do so in SUMMIT_EMBED_ORIGINS.

(() => {
  const script = document.currentScript;
  const language = script.dataset.language === "en" ? "en" : "fr";
  const height = Math.max(320, Number.parseInt(script.dataset.height, 10) || 640);
  const frame = document.createElement("iframe");
  frame.src = new URL(`/${language}/?embed=1`, script.src).href;
  frame.title = __TITLES__[language]; // the server writes the title in each language here
  frame.loading = "lazy";
  frame.allow = "clipboard-write";
  frame.referrerPolicy = "strict-origin";
  frame.style.cssText = `width:100%;height:${height}px;border:1px solid #85847e;border-radius:10px`;
  script.after(frame);
})();
