'use strict';
(function () {
  var root = document.documentElement;
  var data = JSON.parse(document.getElementById('short').textContent);
  var text = data.text;
  var STEP = 100;
  root.classList.add('js');

  function make(tag, words, attributes) {
    var e = document.createElement(tag);
    if (words !== undefined) e.textContent = words;
    for (var name in attributes || {}) e.setAttribute(name, attributes[name]);
    return e;
  }
  function fill(key, values) {
    return text[key].replace(/\{(\w+)\}/g, function (hole, name) { return name in values ? values[name] : hole; });
  }

  // The register: sorting, filters, search.
  var table = document.getElementById('register-table');
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var number = new Intl.NumberFormat(root.lang);
  var tools = document.getElementById('tools');
  var found = document.getElementById('found');
  var more = document.getElementById('register-more');
  var limit = STEP;
  var facts = rows.map(function (row) {
    var f = row.getAttribute('data-f').split('|');
    return { row: row, state: f[0], kind: f[1], country: f[2], norms: f[3].split(' '), words: plain(row.textContent) };
  });
  var order = facts.slice();

  function plain(t) { return t.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, ''); }
  function chosen(id) { return document.getElementById(id).value; }

  function show() {
    var q = plain(document.getElementById('q').value.trim());
    var state = chosen('f-state'), kind = chosen('f-kind'), country = chosen('f-country'), norm = chosen('f-norm');
    var n = 0;
    order.forEach(function (f) {
      var fits = (!state || f.state === state) && (!kind || f.kind === kind) && (!country || f.country === country) &&
        (!norm || f.norms.indexOf(norm) >= 0) && (!q || f.words.indexOf(q) >= 0);
      if (fits) n += 1;
      f.row.hidden = !fits || n > limit;
    });
    var shown = Math.min(n, limit);
    found.textContent = fill('found', { n: number.format(n), all: number.format(rows.length), shown: number.format(shown) });
    more.hidden = n <= limit;
  }

  function value(row, column, kind) {
    var cell = row.cells[column];
    if (kind !== 'n') return plain(cell.textContent);
    if (cell.hasAttribute('data-v')) return parseFloat(cell.getAttribute('data-v'));
    return amount(cell.firstChild ? cell.firstChild.nodeValue : '');
  }

  // A number as it is shown: groups out, the decimal sign a point, "<0.1" a little below and ">99.9" a little above.
  var decimal = number.format(1.5).charAt(1);
  function amount(shown) {
    var digits = shown.split('').filter(function (c) { return (c >= '0' && c <= '9') || c === decimal; }).join('').replace(decimal, '.');
    var x = parseFloat(digits);
    if (isNaN(x)) return -Infinity;
    return shown.charAt(0) === '<' ? x - 0.05 : shown.charAt(0) === '>' ? x + 0.05 : x;
  }

  function sort(head, column) {
    var kind = head.getAttribute('data-sort');
    var up = head.getAttribute('aria-sort') !== 'ascending';
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (h) { h.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    var keyed = facts.map(function (f, i) { return { f: f, key: value(f.row, column, kind), i: i }; });
    keyed.sort(function (a, b) {
      var c = kind === 'n' ? a.key - b.key : a.key.localeCompare(b.key, root.lang);
      return (up ? c : -c) || a.i - b.i;
    });
    order = keyed.map(function (k) { return k.f; });
    var all = document.createDocumentFragment();
    order.forEach(function (f) { all.appendChild(f.row); });
    body.appendChild(all);
    show();
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    var button = make('button', head.textContent, { type: 'button' });
    head.textContent = '';
    head.appendChild(button);
    button.addEventListener('click', function () { sort(head, column); });
  });
  table.tHead.rows[0].cells[0].setAttribute('aria-sort', 'ascending');
  tools.hidden = false;
  tools.addEventListener('input', function () { limit = STEP; show(); });
  tools.addEventListener('reset', function () { setTimeout(function () { limit = STEP; show(); }, 0); });
  tools.addEventListener('submit', function (e) { e.preventDefault(); });
  document.getElementById('more').addEventListener('click', function () { limit += 5 * STEP; show(); });
  show();

  // Pages of nodes: one at a time, by the address.
  var place = document.getElementById('short-node');
  var opened = null;

  function short(id, row) {
    var d = data.nodes[id];
    var article = make('article', undefined, { 'class': 'node', 'aria-labelledby': id + '-t' });
    var name = row.cells[1];
    article.appendChild(make('h3', name.querySelector('bdi').textContent, { id: id + '-t', tabindex: '-1', dir: 'auto' }));
    var heads = Array.prototype.map.call(table.tHead.rows[0].cells, function (h) { return h.textContent; });
    var list = make('dl', undefined, { 'class': 'steps' });
    function line(title, words) { list.appendChild(make('dt', title)); list.appendChild(make('dd', words)); }
    var small = name.querySelector('small');
    if (small) line(text.id, small.textContent);
    for (var i = 2; i < heads.length; i += 1) {
      var range = row.cells[i].querySelector('small');
      var words = row.cells[i].textContent;
      line(heads[i], range ? words.slice(0, words.length - range.textContent.length) + ' (' + range.textContent + ')' : words);
    }
    line(text.product, d[0]);
    line(text.sector, d[1]);
    article.appendChild(list);
    if (row.getAttribute('data-f').indexOf('context_risk|') === 0) article.appendChild(make('p', text.context));
    var t = make('table', undefined, { 'class': 'plain-table' });
    t.appendChild(make('caption', text.caption));
    var head = t.createTHead().insertRow();
    [text.norm, text.prior, text.now, text.coverage, text.rate, text.level, text.source].forEach(function (h) {
      head.appendChild(make('th', h, { scope: 'col' }));
    });
    var rowsOf = t.appendChild(make('tbody'));
    d[2].forEach(function (n, k) {
      var r = rowsOf.insertRow();
      r.appendChild(make('th', data.norms[k], { scope: 'row' }));
      n.forEach(function (x, j) {
        if (j < 3 && x !== '\u2013') x += '\u00a0%';
        r.appendChild(make('td', j === 4 ? data.levels[x] : j === 5 ? data.sources[x] : x, j < 4 ? { 'class': 'n' } : j === 5 ? { lang: 'en' } : {}));
      });
    });
    var frame = make('div', undefined, { 'class': 'frame', role: 'region', tabindex: '0', 'aria-label': text.caption });
    frame.appendChild(t);
    article.appendChild(frame);
    article.appendChild(make('p', text.why, { 'class': 'note' }));
    var back = make('p');
    back.appendChild(make('a', text.back, { href: '#register' }));
    article.appendChild(back);
    return article;
  }

  function open() {
    var id = location.hash.slice(1).replace(/%7E/gi, '~');
    if (id.indexOf('node-') !== 0) return;
    if (opened) opened.classList.remove('open');
    place.textContent = '';
    opened = null;
    var target = document.getElementById(id);
    var page = null;
    if (target && target.tagName === 'ARTICLE') {
      page = opened = target;
      target.classList.add('open');
    } else if (data.nodes[id] && target && target.tagName === 'TR') {
      page = short(id, target);
      place.appendChild(page);
    } else if (target) {
      target.classList.add('open');
      page = opened = target;
    }
    if (!page) return;
    page.scrollIntoView({ block: 'start' });
    var title = page.querySelector('h3');
    if (title) title.focus({ preventScroll: true });
  }
  window.addEventListener('hashchange', open);
  open();

  // What is folded is printed, too; afterwards it is as it was.
  var unfolded = [];
  window.addEventListener('beforeprint', function () {
    unfolded = Array.prototype.filter.call(document.querySelectorAll('details'), function (d) { return !d.open && d.offsetParent !== null; });
    unfolded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener('afterprint', function () { unfolded.forEach(function (d) { d.open = false; }); });
})();
