"""Parts of the page that takes the exam of the radio."""
