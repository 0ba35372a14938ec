// Fava's journal hides postings. A step's link ends in #postings-of=ORDER: show them, and set the step's own apart from the rest.
// Where Fava shows sums of closed days instead of their entries, each leads on to the orders of that day.

const KEY = "postings-of";

/** The value of a metadata key right below an element, or null. */
function metadata(element, key) {
  for (const term of element.querySelectorAll(":scope > dl.metadata > dt")) {
    if (term.textContent.trim() === `${key}:`) {
      return term.nextElementSibling.textContent.trim();
    }
  }
  return null;
}

/** Whether a posting went to one of the accounts, and to the order itself or as part of an entry that is all the order's. */
function belongs(posting, entry, accounts, orders) {
  const account = posting.querySelector(".description a")?.textContent.trim() ?? "";
  const of = metadata(posting, "order") ?? metadata(entry, "order");
  return accounts.test(account) && (of === null || orders.includes(of));
}

function showPostings(journal, accounts, orders) {
  journal.classList.add("show-postings");
  for (const entry of journal.querySelectorAll(":scope > li.transaction")) {
    const postings = [...entry.querySelectorAll(".postings > li")];
    const own = postings.filter((posting) => belongs(posting, entry, accounts, orders));
    for (const posting of postings) {
      posting.style.opacity = own.includes(posting) ? "" : "0.45";
    }
    for (const posting of own) {
      posting.classList.add("order-profit-own");
      posting.style.fontWeight = "500";
    }
    // A freight bill has hundreds of postings: the few that matter come first.
    entry.querySelector(".postings")?.prepend(...own);
  }
}

/** Give each sum of a closed day or month a link to its orders; the sidebar knows the page's address and its name. */
function linkSums() {
  const page = document.querySelector('aside a[href*="/extension/OrderProfit/"]');
  for (const entry of page ? document.querySelectorAll("ol.journal > li.transaction") : []) {
    const period = metadata(entry, "period");
    const description = entry.querySelector(".description");
    if (!period || !entry.querySelector(".tag")?.textContent.includes("#closed-days") || description?.querySelector(".order-profit-of")) {
      continue;
    }
    const address = new URL(page.href);
    address.search = new URLSearchParams({ time: period });
    const link = document.createElement("a");
    link.className = "order-profit-of";
    link.href = address;
    link.textContent = `${page.textContent.trim()} ${period} ›`;
    description.append(" ", link);
  }
}

// Fava draws a long journal some time after it says that the page is there, and again when it is sorted.
let drawn = false;
const drawing = new MutationObserver(() => {
  if (!drawn) {
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      linkSums();
    });
  }
});

export default {
  init() {
    drawing.observe(document.querySelector("article") ?? document.body, { childList: true, subtree: true });
  },
  onPageLoad() {
    const { hash, search } = window.location;
    requestAnimationFrame(linkSums);
    const orders = new URLSearchParams(hash.slice(1)).getAll(KEY);
    const account = new URLSearchParams(search).get("account");
    if (orders.length === 0 || !account) {
      return;
    }
    // Fava fills in the journal after it says that the page is there. Its column heads are a list of the same class, before it.
    requestAnimationFrame(() => {
      const journal = [...document.querySelectorAll("ol.journal")].at(-1);
      if (journal) {
        showPostings(journal, new RegExp(account), orders);
      }
    });
  },
};
