/* The picker of a dossier's parts asks for articles of the language that the dossier has at this moment. */
django.jQuery.ajaxPrefilter((request) => {
  const language = document.querySelector("#id_language")
  if (language && request.url.includes("/autocomplete/")) request.data += `&language=${encodeURIComponent(language.value)}`
})
